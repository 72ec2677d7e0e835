"""Words that may stand in a command that somebody pastes into a shell or a Dockerfile.

Names, versions and paths come out of images and are hostile.  Quoting alone is not enough: a name that begins with a
hyphen is an option, and a line end inside quotes ends a Dockerfile's instruction.  So a word stands in a command only
where it is one that its packaging world allows, and is quoted besides.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from pratique.remediation.affected import AffectedPackage

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_NAMES: Mapping[str, re.Pattern[str]] = {
    "npm": re.compile(r"(?:@[A-Za-z0-9~][A-Za-z0-9._~-]*/)?[A-Za-z0-9][A-Za-z0-9._~-]*"),
    "composer": re.compile(r"[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*"),
    "golang": re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*(?:/[A-Za-z0-9._~][A-Za-z0-9._~-]*)*"),
    "maven": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*:[A-Za-z0-9][A-Za-z0-9._-]*"),
}
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:~^_!-]*")
_FOLDER = re.compile(r"(?:[A-Za-z0-9_@][A-Za-z0-9._@+ -]*)(?:/[A-Za-z0-9_@.][A-Za-z0-9._@+ -]*)*")
_LONGEST = 200


def is_plain(package: AffectedPackage) -> bool:
    """Whether name, version and fixed version of a package are words of its packaging world."""
    name = _NAMES.get(package.type, _PLAIN)
    versions = [package.fixed_version, *([package.version] if package.version else [])]
    return bool(_fits(name, package.name)) and all(_fits(_VERSION, version) for version in versions)


def is_plain_folder(folder: str) -> bool:
    """Whether a folder (no leading ``/``) may stand in a command; the root, which is empty, may."""
    return not folder or (bool(_fits(_FOLDER, folder)) and ".." not in folder.split("/"))


def shell(*words: str) -> str:
    """Return words as one shell command."""
    return shlex.join(words)


def shown(text: str) -> str:
    """Return text from an image for a sentence: what does not print stands as its escape, and long text is cut."""
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in cut)


def _fits(pattern: re.Pattern[str], word: str) -> bool:
    return len(word) <= _LONGEST and pattern.fullmatch(word) is not None
