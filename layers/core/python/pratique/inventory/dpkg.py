"""dpkg's database: installed Debian packages, the files they own, their checksums, and diversions.

The format is deb822(5) with the fields of dpkg's status file: https://wiki.debian.org/Teams/Dpkg/Spec
Images without dpkg itself ("distroless") keep one stanza a file in ``status.d``.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.owned_paths import could_matter, is_compared
from pratique.model.inventory import Diversion
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


def parse_md5sums(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield path and MD5 of every line of an ``.md5sums``."""
    for line in body.decode("utf-8", "replace").split("\n"):
        digest, _, path = line.partition("  ")
        if path := path.lstrip("/"):
            yield path, digest.lower()


def parse_diversions(body: bytes) -> Iterator[Diversion]:
    """Yield the diversions that dpkg-divert(1) keeps: path, target and package, each on a line of its own.

    A colon stands for the administrator, to whom no package's file belongs.  Raises ExtractorError for another form.
    """
    lines = body.decode("utf-8", "replace").splitlines()
    if len(lines) % 3:
        raise ExtractorError("dpkg's diversions are not of three lines each")
    for path, target, package in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        yield Diversion(path.lstrip("/"), target.lstrip("/"), "" if package == ":" else package)


def _parse_status(path: str, body: bytes) -> Parsed:
    if path.endswith(".md5sums"):
        owned = tuple((-1, one) for one, _ in parse_md5sums(body) if could_matter(one))
        return replace(_checksums(path, body), owns=owned)
    return Parsed.of(parse_status(body))


def _parse_list(path: str, body: bytes) -> Parsed:
    if path.endswith(".md5sums"):
        return _checksums(path, body)
    return Parsed(owns=tuple((-1, owned) for owned in parse_list(body)), owner=_owner(path))


def _checksums(path: str, body: bytes) -> Parsed:
    kept = tuple((-1, one, digest) for one, digest in parse_md5sums(body) if is_compared(one))
    return Parsed(checksums=kept, owner=_owner(path))


def _owner(path: str) -> str:
    basename = path.rpartition("/")[2].removesuffix(".list").removesuffix(".md5sums")
    return basename.partition(":")[0]


DPKG_STATUS = FormatExtractor(
    name="dpkg_status",
    version=2,
    paths=PathPatterns(
        exact=frozenset({"var/lib/dpkg/status"}),
        folders=frozenset({"var/lib/dpkg/status.d"}),
    ),
    parse=_parse_status,
)

DPKG_FILES = FormatExtractor(
    name="dpkg_files",
    version=2,
    paths=PathPatterns(suffixes=(".list", ".md5sums"), folders=frozenset({"var/lib/dpkg/info"})),
    parse=_parse_list,
)

DPKG_DIVERSIONS = FormatExtractor(
    name="dpkg_diversions",
    version=1,
    paths=PathPatterns(exact=frozenset({"var/lib/dpkg/diversions"})),
    parse=lambda _path, body: Parsed(diversions=tuple(parse_diversions(body))),
)
