"""``pnpm-lock.yaml``, versions 5, 6 and 9: the keys of its ``packages``.

https://github.com/pnpm/spec/tree/master/lockfile.  pnpm writes the file in one fixed shape, which is read by lines: a
general YAML reader takes seconds for what large projects lock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.npm_lock import npm_package
from pratique.model.package import Package

_FORMAT = re.compile(r"^lockfileVersion:\s*['\"]?(\d+)", re.MULTILINE)
_SIGN_SEPARATED = 6
_FIELD = re.compile(r"    (name|version|dev):\s+['\"]?([^'\"\s]+)")


class _Entry(Struct):
    key: str
    fields: dict[str, str] = field(default_factory=dict)


def parse_pnpm_lock(body: bytes) -> Iterator[Package]:
    """Yield every locked package but those that the file marks as needed for development only.

    Raises ExtractorError where the file states no version of its format.
    """
    text = body.decode("utf-8", "replace")
    stated = _FORMAT.search(text)
    if not stated:
        raise ExtractorError("a pnpm lock states no version")
    for entry in _entries(text):
        name, version = _name_and_version(entry.key, int(stated[1]))
        name, version = entry.fields.get("name", name), entry.fields.get("version", version)
        if name and version and "/" not in version and ":" not in version and entry.fields.get("dev") != "true":
            yield npm_package(name, version)


def _entries(text: str) -> Iterator[_Entry]:
    inside = False
    entry: _Entry | None = None
    for line in text.splitlines():
        if line and not line[0].isspace():
            inside = line.rstrip() == "packages:"
        elif inside and line.startswith("  ") and line[2:3].strip() and line.rstrip().endswith(":"):
            if entry:
                yield entry
            entry = _Entry(line.strip().removesuffix(":").strip("'\""))
        elif inside and entry and (match := _FIELD.match(line)):
            entry.fields[match[1]] = match[2]
    if entry:
        yield entry


def _name_and_version(key: str, format_: int) -> tuple[str, str]:
    """Split ``/name/1.0.0_peers`` (5), ``/name@1.0.0(peers)`` (6) or ``name@1.0.0`` (9)."""
    if format_ >= _SIGN_SEPARATED:
        plain = key.removeprefix("/").partition("(")[0]
        at = plain.find("@", 1)
        return (plain[:at], plain[at + 1 :]) if at > 0 else ("", "")
    name, _, version = key.partition("_")[0].rpartition("/")
    if not name.startswith("/"):
        name = name.partition("/")[2]
    return name.removeprefix("/"), version


PNPM_LOCK = FormatExtractor(
    name="pnpm_lock",
    version=1,
    paths=PathPatterns(basenames=frozenset({"pnpm-lock.yaml"})),
    parse=lambda _path, body: Parsed.of(parse_pnpm_lock(body)),
)
