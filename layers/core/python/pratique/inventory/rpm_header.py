"""One rpm header, as every rpm database stores it: a package's tags, big-endian whatever the machine.

https://rpm-software-management.github.io/rpm/manual/format_header.html and, for the tags,
https://rpm-software-management.github.io/rpm/manual/tags.html
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from msgspec import Struct

from pratique.errors import ExtractorError
from pratique.model.package import Package, PackageType

_MAGIC = b"\x8e\xad\xe8"
_INTRO = struct.Struct(">II")
_ENTRY = struct.Struct(">IIII")
_MAX_ENTRIES = 1 << 16
_MAX_STRINGS = 1 << 20

_INT16, _INT32, _STRING, _STRING_ARRAY, _I18N_STRING = 3, 4, 6, 8, 9
_WIDTHS = {_INT16: (2, "H"), _INT32: (4, "I")}

_NAME, _VERSION, _RELEASE, _EPOCH, _LICENSE, _ARCH = 1000, 1001, 1002, 1003, 1014, 1022
_OLD_FILENAMES, _SOURCE_RPM, _DIR_INDEXES, _BASENAMES, _DIR_NAMES = 1027, 1044, 1116, 1117, 1118
_MODULARITY_LABEL = 5096
_FILE_MODES, _FILE_DIGESTS, _FILE_FLAGS, _FILE_VERIFY_FLAGS = 1030, 1035, 1037, 1045
# RPMFILE_CONFIG and RPMFILE_GHOST of rpmfiles.h; RPMVERIFY_FILEDIGEST of rpmvf.h.
_MAY_DIFFER, _VERIFY_DIGEST = 1 << 0 | 1 << 6, 1 << 0
# Keys that rpm keeps beside packages for checking signatures; they hold no files.
_KEY_PACKAGE = "gpg-pubkey"


class RpmFile(Struct, frozen=True):
    """A file of a package, by its path without leading ``/``.

    ``checksum`` is in hexadecimal digits, their number telling which hash it is; empty where there is none or the file
    may differ: settings, files that the package only names, and those whose content rpm does not verify.
    """

    path: str
    mode: int = 0
    checksum: str = ""


class RpmHeader:
    """The tags of one header, read on demand.

    Raises ExtractorError where the header is cut short or its counts are impossible.
    """

    def __init__(self, blob: bytes) -> None:
        """Index the tags of ``blob``; the eight bytes that introduce a header in a package file may lead it."""
        start = 8 if blob[:3] == _MAGIC else 0
        if len(blob) < start + _INTRO.size:
            raise ExtractorError("an rpm header is cut short")
        count, size = _INTRO.unpack_from(blob, start)
        data = start + _INTRO.size + count * _ENTRY.size
        if count > _MAX_ENTRIES or data + size > len(blob):
            raise ExtractorError("an rpm header is longer than its record")
        self._data = blob[data : data + size]
        index = blob[start + _INTRO.size : data]
        self._tags = {tag: (kind, offset, number) for tag, kind, offset, number in _ENTRY.iter_unpack(index)}

    def text(self, tag: int) -> str:
        """Return the (first) string of ``tag``, ``""`` where the header lacks it."""
        return next(iter(self.texts(tag, most=1)), "")

    def texts(self, tag: int, most: int = _MAX_STRINGS) -> list[str]:
        """Return at most ``most`` strings of ``tag``, none where the header lacks it."""
        kind, offset, count = self._tags.get(tag, (0, 0, 0))
        if kind not in (_STRING, _STRING_ARRAY, _I18N_STRING):
            return []
        count = min(count, most)
        parts = self._data[offset:].split(b"\0", count)[:count]
        return [part.decode("utf-8", "replace") for part in parts]

    def numbers(self, tag: int) -> tuple[int, ...]:
        """Return the 16- or 32-bit numbers of ``tag``, none where the header lacks it."""
        kind, offset, count = self._tags.get(tag, (0, 0, 0))
        width, letter = _WIDTHS.get(kind, (0, ""))
        if not width or offset + width * count > len(self._data):
            return ()
        return struct.unpack_from(f">{count}{letter}", self._data, offset)

    def package(self) -> Package | None:
        """Return the package, None for a header that is none (signature keys, nameless ones)."""
        name, version, release = self.text(_NAME), self.text(_VERSION), self.text(_RELEASE)
        if not name or not version or name == _KEY_PACKAGE:
            return None
        epoch = next(iter(self.numbers(_EPOCH)), 0)
        full = with_epoch(f"{version}-{release}", epoch)
        source_name, source_version = source_of(self.text(_SOURCE_RPM), epoch)
        license_ = self.text(_LICENSE)
        return Package(
            PackageType.RPM,
            name,
            full,
            architecture=self.text(_ARCH),
            source_name=source_name or name,
            source_version=source_version or full,
            module=self.text(_MODULARITY_LABEL),
            licenses=(license_,) if license_ else (),
        )

    def files(self) -> list[RpmFile]:
        """Return the package's files."""
        folders = self.texts(_DIR_NAMES)
        indexes = self.numbers(_DIR_INDEXES)
        names = self.texts(_BASENAMES)
        digests = self.texts(_FILE_DIGESTS)
        modes = self.numbers(_FILE_MODES)
        flags, checked = self.numbers(_FILE_FLAGS), self.numbers(_FILE_VERIFY_FLAGS)
        found = []
        for number, (index, name) in enumerate(zip(indexes, names, strict=False)):
            if index >= len(folders) or not (path := (folders[index] + name).lstrip("/")):
                continue
            fixed = not _at(flags, number, 0) & _MAY_DIFFER and _at(checked, number, _VERIFY_DIGEST) & _VERIFY_DIGEST
            digest = digests[number] if fixed and number < len(digests) else ""
            found.append(RpmFile(path, _at(modes, number, 0), digest.lower()))
        return found + [RpmFile(path) for name in self.texts(_OLD_FILENAMES) if (path := name.lstrip("/"))]


def _at(numbers: Sequence[int], index: int, otherwise: int) -> int:
    return numbers[index] if index < len(numbers) else otherwise


def with_epoch(version: str, epoch: int) -> str:
    """Return ``epoch:version``, or ``version`` alone where the epoch is 0."""
    return f"{epoch}:{version}" if epoch else version


def source_of(file_name: str, epoch: int) -> tuple[str, str]:
    """Split ``name-version-release.src.rpm`` into name and version; both empty where it is something else.

    The file name has no epoch; a package has its source's unless its specification says otherwise.
    """
    stem = file_name.removesuffix(".rpm").removesuffix(".src").removesuffix(".nosrc")
    parts = stem.rsplit("-", 2)
    if stem == file_name or len(parts) != len(("name", "version", "release")) or not all(parts):
        return "", ""
    return parts[0], with_epoch(f"{parts[1]}-{parts[2]}", epoch)
