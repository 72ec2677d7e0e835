"""Who says it: the publisher of an advisory as people call it, and where its page is."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from pratique.remediation.affected import AffectedPackage

_BY_PREFIX = (
    ("GHSA-", "GitHub"),
    ("PYSEC-", "the Python Packaging Authority"),
    ("RUSTSEC-", "the Rust advisory database"),
    ("GO-", "the Go vulnerability database"),
    ("MAL-", "the malicious packages database"),
)
_SYSTEM = {"deb", "apk", "rpm"}
_LONGEST_ID = 100
_PAGES = (
    (("DSA-", "DLA-", "DTSA-", "DEBIAN-"), "https://security-tracker.debian.org/tracker/{id}"),
    (("USN-",), "https://ubuntu.com/security/notices/{id}"),
    (("UBUNTU-CVE-",), "https://ubuntu.com/security/{bare}"),
    (("RHSA-", "RHBA-"), "https://access.redhat.com/errata/{id}"),
    (("GHSA-",), "https://github.com/advisories/{id}"),
    (("CVE-",), "https://nvd.nist.gov/vuln/detail/{id}"),
    (("RUSTSEC-",), "https://rustsec.org/advisories/{id}.html"),
    (("GO-",), "https://pkg.go.dev/vuln/{id}"),
)


def publisher(package: AffectedPackage) -> str:
    """Return who published the advisory: the distribution for its own packages, else whose database it is in."""
    if package.type in _SYSTEM:
        return package.ecosystem.partition(":")[0] or "the distribution"
    for prefix, name in _BY_PREFIX:
        if package.advisory.startswith(prefix):
            return name
    return f"the {package.ecosystem.partition(':')[0] or package.source or 'advisory'} database"


def pages(ids: Iterable[str]) -> tuple[str, ...]:
    """Return the page of each id, OSV's where no better one is known."""
    return tuple(dict.fromkeys(_page(identifier) for identifier in ids if identifier))


def _page(identifier: str) -> str:
    safe = quote(identifier[:_LONGEST_ID], safe=":")
    for prefixes, pattern in _PAGES:
        if identifier.startswith(prefixes):
            return pattern.format(id=safe, bare=safe.removeprefix("UBUNTU-"))
    return f"https://osv.dev/vulnerability/{safe}"
