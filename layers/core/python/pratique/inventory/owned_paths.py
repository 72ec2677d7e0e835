"""Which of the paths that a system package owns are worth keeping in a layer report.

Ownership is asked only for files that a language package or a binary is read from, so documentation, locale
and source files, the bulk of every list, are left out.
"""

from __future__ import annotations

_BASENAMES = frozenset({"METADATA", "PKG-INFO", "package.json", "installed.json"})
_ENDINGS = frozenset(
    {"jar", "war", "ear", "jpi", "hpi", "egg", "whl", "egg-info", "gemspec", "exe", "dll", "so", "node", "dylib"}
)
_DATA_FOLDERS = ("usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/zoneinfo/", "usr/share/icons/")


def could_matter(path: str) -> bool:
    """Whether a package or a binary might be read from ``path`` (no leading ``/``)."""
    if path.startswith(_DATA_FOLDERS):
        return False
    folder, _, basename = path.rpartition("/")
    if basename in _BASENAMES:
        return True
    stem, dot, ending = basename.rpartition(".")
    if not dot or not stem:
        return True
    return (
        ending in _ENDINGS
        or folder.endswith(("bin", "libexec"))
        or ".so." in basename
        or basename.endswith(".deps.json")
        or (ending == "json" and folder.endswith("conda-meta"))
    )
