"""os-release: which distribution the image is.

https://www.freedesktop.org/software/systemd/man/latest/os-release.html
"""

from __future__ import annotations

import shlex

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.distribution import Distribution


def parse_os_release(body: bytes) -> Distribution | None:
    """Return the distribution that the assignments of ``body`` name, None where there is no ``ID``.

    Values are unquoted as a shell does; a line that is no assignment is passed over, as the format asks.
    Raises ExtractorError for bytes that are not text.
    """
    if b"\0" in body:
        raise ExtractorError("os-release holds NUL bytes")
    fields: dict[str, str] = {}
    for line in body.decode("utf-8", "replace").splitlines():
        key, assigned, value = line.strip().partition("=")
        if assigned and not key.startswith("#"):
            fields[key] = _unquoted(value)
    if not fields.get("ID"):
        return None
    return Distribution(
        id=fields["ID"].lower(),
        version=fields.get("VERSION_ID", ""),
        codename=fields.get("VERSION_CODENAME", ""),
        name=fields.get("PRETTY_NAME", "") or fields.get("NAME", ""),
        id_like=tuple(fields.get("ID_LIKE", "").lower().split()),
    )


def _unquoted(value: str) -> str:
    if not any(mark in value for mark in "\"'\\"):
        return value.strip()
    try:
        words = shlex.split(value)
    except ValueError:
        return value.strip().strip("\"'")
    return words[0] if words else ""


def _parse(_path: str, body: bytes) -> Parsed:
    return Parsed(distribution=parse_os_release(body))


OS_RELEASE = FormatExtractor(
    name="os_release",
    version=1,
    paths=PathPatterns(exact=frozenset({"etc/os-release", "usr/lib/os-release"})),
    parse=_parse,
    max_bytes=1 << 20,
)
