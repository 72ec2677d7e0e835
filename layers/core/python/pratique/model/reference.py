"""References to images in registries, as people write them: ``host[:port]/repository[:tag][@digest]``.

The grammar is the distribution project's (https://pkg.go.dev/github.com/distribution/reference); names without
a host are Docker Hub's, as every container tool reads them.
"""

from __future__ import annotations

import re

from msgspec import Struct

from pratique.errors import InvalidValue
from pratique.model.digest import Digest, parse_digest

DOCKER_HUB = "docker.io"
"""The name that Docker Hub has in references; its API is served by another host."""

_LONGEST = 512
_LONGEST_REPOSITORY = 255
_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?")


class Reference(Struct, frozen=True):
    """One image name, taken apart.

    ``address`` is ``host`` or ``host:port``; ``tag`` is empty and ``digest`` None where they were not given.
    """

    address: str
    repository: str
    tag: str = ""
    digest: Digest | None = None

    @property
    def identifier(self) -> str:
        """What to ask the registry for: the digest where there is one, else the tag, else ``latest``."""
        return self.digest or self.tag or "latest"

    def __str__(self) -> str:
        """Return the whole reference, with its host."""
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.address}/{self.repository}{tag}{digest}"


def parse_reference(text: str) -> Reference:
    """Take ``text`` apart.

    The part before the first ``/`` is a registry when it holds a dot or a colon or is ``localhost``; without
    one the image is Docker Hub's, and ``debian`` means ``docker.io/library/debian``.  Raises InvalidValue with
    what is wrong about it.
    """
    if not text or len(text) > _LONGEST:
        raise InvalidValue(f"an image reference has 1 to {_LONGEST} characters, not {len(text)}")
    if "://" in text:
        raise InvalidValue(f"{text[:100]!r} is a URL: write the reference without {text.partition('://')[0][:20]}://")
    name, at, digest_text = text.partition("@")
    digest = parse_digest(digest_text) if at else None
    address, repository = _split_address(name)
    repository, colon, tag = repository.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise InvalidValue(f"{tag[:100]!r} is not a tag: letters, digits, '_', '.' and '-', at most 128 of them")
    if address == DOCKER_HUB and repository and "/" not in repository:
        repository = f"library/{repository}"
    return Reference(check_address(address), check_repository(repository), tag, digest)


def check_repository(name: str) -> str:
    """Return ``name`` if it is a repository name, else raise InvalidValue."""
    if not _REPOSITORY.fullmatch(name) or len(name) > _LONGEST_REPOSITORY:
        hint = "; names are lower-case" if name != name.lower() else ""
        raise InvalidValue(f"{name[:100]!r} is not a repository name{hint}")
    return name


def check_tag(text: str) -> str:
    """Return ``text`` if it is a tag, else raise InvalidValue."""
    if not _TAG.fullmatch(text):
        raise InvalidValue(f"{text[:100]!r} is not a tag")
    return text


def check_address(address: str) -> str:
    """Return ``address`` if it is ``host`` or ``host:port``, else raise InvalidValue."""
    host, colon, port = address.rpartition(":")
    wrong_port = colon and not host.endswith(":") and port.isdigit() and not 0 < int(port) <= 65535  # noqa: PLR2004
    if not _ADDRESS.fullmatch(address) or wrong_port:
        raise InvalidValue(f"{address[:100]!r} is not a registry address of the form host or host:port")
    return address


def _split_address(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first):
        hub = first in (DOCKER_HUB, "index.docker.io", "registry-1.docker.io")
        return (DOCKER_HUB, rest) if hub else (first, rest)
    return DOCKER_HUB, name
