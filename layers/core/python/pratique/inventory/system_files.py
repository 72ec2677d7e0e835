"""The files that say what system an image is, and whether they lie somewhere that was not read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pratique.inventory.extractors import EXTRACTORS
from pratique.inventory.image_tree import ImageTree
from pratique.model.coverage import Reason, ReasonCode
from pratique.model.inventory import LayerReport

OS_RELEASE_PATHS = (
    "etc/os-release",
    "usr/lib/os-release",
    "etc/centos-release",
    "etc/redhat-release",
    "etc/system-release",
    "etc/debian_version",
)
"""The first that exists names the distribution: os-release(5), and what was there before it."""


def unread_system_files(tree: ImageTree, reports: Sequence[LayerReport | None]) -> Iterator[Reason]:
    """Yield a reason for every well-known file that a link leads to a place where no extractor looked.

    Extractors know such files (package databases, os-release) by their whole path; where that goes through a
    symbolic link, the file lies elsewhere under a name that they may not know.
    """
    for path in sorted({path for extractor in EXTRACTORS for path in extractor.paths.exact}):
        real = tree.links.follow(path)
        if real is None or real == path or real in tree.files:
            continue
        if _exists(real, reports):
            detail = f"a symbolic link leads to {real[:300]}, which was not read"
            yield Reason(ReasonCode.FILE_UNREADABLE, detail, path=path)


def _exists(path: str, reports: Sequence[LayerReport | None]) -> bool:
    """Whether any layer has put a file there: one that was deleted again is rare enough to be told of as well."""
    folder, _, name = path.rpartition("/")
    return any(
        name in names.split("/")
        for report in reports
        if report is not None
        for place, names in report.names
        if place == folder
    )
