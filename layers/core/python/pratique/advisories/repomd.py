"""Reads what an rpm repository says of itself: where its update list lies, and the mirrors that hold it.

``repomd.xml`` is createrepo's (https://github.com/rpm-software-management/createrepo_c); a mirror list is one base
address on each line.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from xml.parsers import expat

from msgspec import Struct

from pratique.advisories.updateinfo import safe_parser
from pratique.errors import FeedError

_MOST_MIRRORS = 20
_SHA256_LENGTH = 64


class RepositoryFile(Struct, frozen=True):
    """A file of a repository: its address relative to the repository and its SHA-256 in hex, as published."""

    location: str
    sha256: str


def read_mirror_list(body: bytes) -> tuple[str, ...]:
    """Return the base addresses of a mirror list, each ending in a slash; raises FeedError where it has none.

    They are asked over https only, so ``http`` ones are taken as such; ``$basearch`` stands for the architecture.
    """
    found = []
    for line in body.decode("utf-8", "replace").splitlines()[: _MOST_MIRRORS * 2]:
        url = line.strip().replace("$basearch", "x86_64")
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname:
            found.append(f"https://{url.partition('://')[2].rstrip('/')}/")
    if not found:
        raise FeedError("the mirror list names no mirror")
    return tuple(dict.fromkeys(found))[:_MOST_MIRRORS]


def update_list_of(body: bytes) -> RepositoryFile | None:
    """Return where a repository's update list lies; None where it has none, as some extras repositories.

    Raises FeedError where ``body`` is no ``repomd.xml``, or what it names lies outside the repository.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)  # noqa: FBT003 - expat's form
    except expat.ExpatError as error:
        raise FeedError(f"the repository's index cannot be read: {error}") from error
    location, sha256 = reader.location, reader.sha256
    if not location:
        return None
    if "://" in location or location.startswith("/") or ".." in location.split("/"):
        raise FeedError("the repository's index names a file outside it", path=location[:200])
    if len(sha256) != _SHA256_LENGTH:
        raise FeedError("the repository's index states no SHA-256 of its update list")
    return RepositoryFile(location, sha256)


class _Reader:
    """Collects the location and checksum of the ``updateinfo`` entry."""

    def __init__(self) -> None:
        self.location = ""
        self.sha256 = ""
        self._inside = False
        self._checksum = False
        self._root = False
        self.parser = safe_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._root:
            if name != "repomd":
                raise FeedError(f"not a repository's index: its root is {name[:50]}")
            self._root = True
        if name == "data":
            self._inside = attributes.get("type") == "updateinfo"
        elif self._inside and name == "location":
            self.location = attributes.get("href", "")
        elif self._inside and name == "checksum":
            self._checksum = attributes.get("type") == "sha256"

    def _end(self, name: str) -> None:
        if name == "data":
            self._inside = False
        elif name == "checksum":
            self._checksum = False

    def _text(self, text: str) -> None:
        if self._inside and self._checksum:
            self.sha256 = (self.sha256 + text.strip().lower())[: _SHA256_LENGTH + 1]
