"""dpkg's database: installed Debian packages and the files they own.

The format is deb822(5) with the fields of dpkg's status file: https://wiki.debian.org/Teams/Dpkg/Spec
Images without dpkg itself ("distroless") keep one stanza a file in ``status.d``.
"""

from __future__ import annotations

from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.owned_paths import could_matter
from pratique.model.package import Package, PackageType

_WANTED = frozenset({b"package", b"status", b"version", b"architecture", b"source"})
# States of dpkg(1) in which files of the package are on the disk.
_PRESENT = frozenset(
    {b"installed", b"unpacked", b"half-configured", b"half-installed", b"triggers-awaited", b"triggers-pending"}
)


def parse_status(body: bytes) -> Iterator[Package]:
    """Yield the packages of the stanzas of ``body`` whose files are present, in order.

    A stanza with no ``Status`` (status.d) is an installed package; one with no name or version is none.
    Raises ExtractorError where ``body`` is not made of stanzas.
    """
    if b"\0" in body:
        raise ExtractorError("a dpkg status file holds NUL bytes")
    for stanza in body.replace(b"\r\n", b"\n").split(b"\n\n"):
        if stanza.strip():
            package = _package(_fields(stanza))
            if package:
                yield package


def _fields(stanza: bytes) -> dict[bytes, bytes]:
    fields: dict[bytes, bytes] = {}
    lines = 0
    for line in stanza.split(b"\n"):
        key, colon, value = line.partition(b":")
        if colon and line[:1] not in b" \t":
            lines += 1
            key = key.lower()
            if key in _WANTED:
                fields[key] = value.strip()
    if not lines:
        raise ExtractorError("a dpkg status stanza holds no field")
    return fields


def _package(fields: dict[bytes, bytes]) -> Package | None:
    name, version = fields.get(b"package"), fields.get(b"version")
    state = fields.get(b"status", b"installed").rpartition(b" ")[2]
    if not name or not version or state not in _PRESENT:
        return None
    source, _, source_version = fields.get(b"source", b"").partition(b" ")
    return Package(
        PackageType.DEB,
        name.decode("utf-8", "replace"),
        version.decode("utf-8", "replace"),
        architecture=fields.get(b"architecture", b"").decode("utf-8", "replace"),
        source_name=(source or name).decode("utf-8", "replace"),
        source_version=(source_version.strip(b" ()") or version).decode("utf-8", "replace"),
    )


def parse_list(body: bytes) -> tuple[str, ...]:
    """Return the files of a ``.list`` that `could_matter`; folders, listed before their content, are left out."""
    lines = body.decode("utf-8", "replace").split("\n")
    following = [*lines[1:], ""]
    return tuple(
        path[1:]
        for path, after in zip(lines, following, strict=True)
        if path and path != "/." and not after.startswith(f"{path}/") and could_matter(path[1:])
    )


def parse_md5sums(body: bytes) -> tuple[str, ...]:
    """Return the files of an ``.md5sums`` that `could_matter`."""
    parts = (line.partition("  ")[2].lstrip("/") for line in body.decode("utf-8", "replace").split("\n"))
    return tuple(path for path in parts if path and could_matter(path))


def _owned(path: str, paths: tuple[str, ...]) -> Parsed:
    basename = path.rpartition("/")[2].removesuffix(".list").removesuffix(".md5sums")
    return Parsed(owns=tuple((-1, owned) for owned in paths), owner=basename.partition(":")[0])


def _parse_status(path: str, body: bytes) -> Parsed:
    if path.endswith(".md5sums"):
        return _owned(path, parse_md5sums(body))
    return Parsed.of(parse_status(body))


def _parse_list(path: str, body: bytes) -> Parsed:
    return _owned(path, parse_list(body))


DPKG_STATUS = FormatExtractor(
    name="dpkg_status",
    version=1,
    paths=PathPatterns(
        exact=frozenset({"var/lib/dpkg/status"}),
        folders=frozenset({"var/lib/dpkg/status.d"}),
    ),
    parse=_parse_status,
)

DPKG_FILES = FormatExtractor(
    name="dpkg_files",
    version=1,
    paths=PathPatterns(suffixes=(".list",), folders=frozenset({"var/lib/dpkg/info"})),
    parse=_parse_list,
)
