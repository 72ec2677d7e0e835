"""rpm repositories' metadata for tests, in the form that Amazon Linux's repositories have."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr


def package(name: str, evr: str, architecture: str = "x86_64") -> str:
    """Return one package element; ``evr`` is ``epoch:version-release``."""
    epoch, _, rest = evr.rpartition(":")
    version, _, release = rest.partition("-")
    return (
        f'<package arch="{architecture}" epoch="{epoch or 0}" name="{name}" release="{release}" version="{version}">'
        f"<filename>Packages/{name}-{version}-{release}.{architecture}.rpm</filename></package>"
    )


def update(
    identifier: str, packages: Iterable[str], *, cves: Iterable[str] = (), severity: str = "medium", text: str = "",
    kind: str = "security",
) -> str:  # fmt: skip
    """Return one update element about ``packages``."""
    references = "".join(
        f'<reference href="http://cve.mitre.org/cgi-bin/cvename.cgi?name={cve}" id="{cve}" title="" type="cve" />'
        for cve in cves
    )
    title = f"Amazon Linux 2 - {identifier}: {severity} priority package update for something"
    return (
        f'<update author="linux-security@amazon.com" from="linux-security@amazon.com" status="final" type="{kind}"'
        f' version="1.4"><id>{escape(identifier)}</id><title>{title}</title><issued date="2023-08-07 05:59" />'
        f'<updated date="2023-09-25 22:11" /><severity>{severity}</severity><description>{escape(text)}</description>'
        f"<references>{references}</references><pkglist>"
        '<collection short="amazon-linux-2---core"><name>Amazon Linux 2 - Core</name>'
        f"{''.join(packages)}</collection></pkglist></update>"
    )


def update_list(*updates: str, prologue: str = '<?xml version="1.0" encoding="utf8" ?>') -> bytes:
    """Return a whole update list, compressed."""
    return gzip.compress(f"{prologue}\n<updates>{''.join(updates)}</updates>".encode(), mtime=0)


def repository_index(body: bytes | None, location: str = "repodata/updateinfo.xml.gz") -> bytes:
    """Return the ``repomd.xml`` of a repository whose update list is ``body`` (None: it has none)."""
    entry = (
        ""
        if body is None
        else f'<data type="updateinfo"><checksum type="sha256">{hashlib.sha256(body).hexdigest()}</checksum>'
        f'<open-checksum type="sha256">{"0" * 64}</open-checksum><location href={quoteattr(location)} />'
        "<timestamp>1569972326</timestamp></data>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><repomd xmlns="http://linux.duke.edu/metadata/repo">'
        '<revision>1569972356</revision><data type="primary_db"><checksum type="sha256">'
        f'{"1" * 64}</checksum><location href="repodata/primary.sqlite.gz" /></data>{entry}</repomd>'
    ).encode()
