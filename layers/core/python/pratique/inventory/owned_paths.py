"""Which of the paths that a system package owns are worth keeping in a layer report.

Ownership is asked for files that a language package or a binary is read from, and for set-uid files; content is
compared with the package's checksum where a program or a script may lie.  Documentation, locale and source files, the
bulk of every list, are left out.
"""

from __future__ import annotations

import re

from pratique.model.sample import FileType, ScannedFile

_BASENAMES = frozenset({"METADATA", "PKG-INFO", "package.json", "installed.json"})
_ENDINGS = frozenset(
    {
        "jar",
        "war",
        "ear",
        "jpi",
        "hpi",
        "egg",
        "whl",
        "egg-info",
        "gemspec",
        "exe",
        "dll",
        "so",
        "node",
        "dylib",
        "wrap",
    }
)
_SCRIPT_ENDINGS = frozenset({"bash", "cgi", "cjs", "js", "lua", "mjs", "php", "pl", "pm", "py", "rb", "sh", "tcl"})
_DATA_FOLDERS = ("usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/zoneinfo/", "usr/share/icons/")
_SYSTEM_FOLDER = re.compile(r"(?:usr/(?!local/)|s?bin/|lib(?:32|64|x32)?/)")
_LIBRARIES = r"(?:usr/)?lib(?:32|64|x32)?/(?:[^/]+-linux-[^/]+/)?(?:security/)?"
_HASHED = re.compile(rf"(?:.*/)?(?:s?bin|libexec)/[^/]+|{_LIBRARIES}[^/]+")
_LARGEST_HASHED = 1 << 20
# Language package managers put newer files over those of a system package there, and say so in lists of their own.
_LANGUAGE_FOLDER = re.compile(r"/(?:site-packages|dist-packages|node_modules|gems|vendor)/")

COMPARED_TYPES = (FileType.ELF, FileType.SCRIPT)
"""The types of files whose content is compared with what their package says of it."""
SET_ID = 0o6000
"""The permission bits that let a program run as its file's owner or group."""


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
        or ending.isdecimal()
        or folder.endswith(("bin", "libexec"))
        or ".so." in basename
        or basename.endswith(".deps.json")
        or (ending == "json" and folder.endswith("conda-meta"))
    )


def is_compared(path: str) -> bool:
    """Whether what lies at ``path`` is compared with its package's checksum, if it is a program or a script.

    Those are the folders of the system.  Settings (``/etc``) are meant to be changed, and what lies elsewhere is
    hardly ever a system package's.
    """
    if not _SYSTEM_FOLDER.match(path) or path.startswith(_DATA_FOLDERS) or _LANGUAGE_FOLDER.search(path):
        return False
    return path.rpartition(".")[2] in _SCRIPT_ENDINGS or could_matter(path)


def concerns_packages(file: ScannedFile) -> bool:
    """Whether system packages have a say in a file: whether it may be set-uid or set-gid, or what it holds."""
    return not file.member and file.type in COMPARED_TYPES and (bool(file.mode & SET_ID) or is_compared(file.path))


def is_hashed(path: str, size: int) -> bool:
    """Whether MD5 and SHA-1 are taken of a file of ``size`` bytes, for which `is_compared` holds.

    They cost as much as all the rest of a file's way through the inventory, so that they are taken of what is worth
    replacing: programs and shared libraries that every process may load, up to 1 MiB.  The others are compared with
    what the layer of their package brought.
    """
    return size <= _LARGEST_HASHED and _HASHED.fullmatch(path) is not None
