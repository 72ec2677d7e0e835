"""Every advisory source, in one explicit tuple: where it is, under which licence, in which format, about what."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import quote

from msgspec import Struct


class Format(StrEnum):
    """How a source's file is written."""

    OSV_ZIP = "osv-zip"
    OSV_LIST = "osv-list"
    UPDATEINFO = "updateinfo"
    UPDATEINFO_ZIP = "updateinfo-zip"
    KEV_JSON = "kev-json"
    EPSS_CSV = "epss-csv"
    LIFECYCLES = "lifecycles"


class Source(Struct, frozen=True):
    """One source.

    ``url`` is its own address; ``mirror_path`` the place of the same file under a mirror's base URL or folder.
    ``ecosystems`` (without release) are those that its statements are about, empty for enrichment; ``release`` is
    the only release of them, where the file is of one.
    """

    name: str
    url: str
    mirror_path: str
    licence: str
    format: Format
    ecosystems: frozenset[str] = frozenset()
    release: str = ""


def _osv(ecosystem: str, licence: str, *more: str) -> Source:
    """Return the source of one ecosystem's zip in OSV's bulk export (https://google.github.io/osv.dev/data/)."""
    return Source(
        name=f"osv/{ecosystem}",
        url=f"https://storage.googleapis.com/osv-vulnerabilities/{quote(ecosystem)}/all.zip",
        mirror_path=f"osv/{ecosystem}/all.zip",
        licence=licence,
        format=Format.OSV_ZIP,
        ecosystems=frozenset((ecosystem, *more)),
    )


def _amazon(release: str, url: str, repository: str = "", *, zipped: bool = False) -> Source:
    """Return the source of an Amazon Linux release's repository, or of its extras repositories together.

    ``url`` is a mirror list or the catalogue of extras; a mirror has the update list itself, or a zip of them.
    """
    path = "/".join(filter(None, ("amazon", release, repository)))
    return Source(
        name=path,
        url=url,
        mirror_path=f"{path}/updateinfo.{'zip' if zipped else 'xml.gz'}",
        licence="none stated by Amazon Web Services",
        format=Format.UPDATEINFO_ZIP if zipped else Format.UPDATEINFO,
        ecosystems=frozenset({"Amazon Linux"}),
        release=release,
    )


# GitHub's, PyPA's and Go's advisories, with the reports of https://github.com/ossf/malicious-packages in the same file.
_WITH_MALICIOUS = "CC-BY-4.0; malicious packages Apache-2.0"

SOURCES: tuple[Source, ...] = (
    _osv("Debian", "none stated by the Debian security tracker"),
    _osv("Ubuntu", "CC-BY-SA-4.0"),
    _osv("Alpine", "none stated by the Alpine security database"),
    _osv("Wolfi", "Apache-2.0"),
    _osv("Chainguard", "Apache-2.0"),
    _osv("Red Hat", "CC-BY-4.0"),
    _osv("AlmaLinux", "MIT"),
    _osv("Rocky Linux", "BSD-3-Clause"),
    _osv("SUSE", "CC-BY-4.0"),
    _osv("openSUSE", "CC-BY-4.0"),
    _osv("Azure Linux", "MIT"),
    _osv("PyPI", _WITH_MALICIOUS),
    _osv("npm", _WITH_MALICIOUS),
    _osv("Maven", _WITH_MALICIOUS),
    _osv("Go", _WITH_MALICIOUS),
    _osv("RubyGems", _WITH_MALICIOUS),
    _osv("NuGet", _WITH_MALICIOUS),
    _osv("Packagist", _WITH_MALICIOUS),
    _osv("crates.io", "CC0-1.0; malicious packages Apache-2.0"),
    _osv("Hex", "CC-BY-4.0"),
    _osv("Pub", "CC-BY-4.0"),
    _osv("SwiftURL", "CC-BY-4.0"),
    _osv("Hackage", "CC0-1.0", "GHC"),
    _osv("Bitnami", "Apache-2.0"),
    _osv("ConanCenter", "MIT"),
    _amazon("1", "https://repo.us-west-2.amazonaws.com/2018.03/updates/x86_64/mirror.list"),
    _amazon("2", "https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list", "core"),
    _amazon("2", "https://cdn.amazonlinux.com/2/extras-catalog.json", "extras", zipped=True),
    _amazon("2023", "https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list", "core"),
    Source(
        name="kev",
        url="https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        mirror_path="kev/known_exploited_vulnerabilities.json",
        licence="CC0-1.0",
        format=Format.KEV_JSON,
    ),
    Source(
        name="epss",
        url="https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
        mirror_path="epss/epss_scores-current.csv.gz",
        licence="FIRST.org, free to use with attribution",
        format=Format.EPSS_CSV,
    ),
    Source(
        name="end-of-life",
        url="https://endoflife.date/api/v1/products/full",
        mirror_path="endoflife/products.json",
        licence="MIT",
        format=Format.LIFECYCLES,
    ),
)
"""In the order in which they are read; where two hold a record of one id, the first one's text is kept."""


def source_named(name: str) -> Source | None:
    """Return the source of this name, or None."""
    return next((source for source in SOURCES if source.name == name), None)
