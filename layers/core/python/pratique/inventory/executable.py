"""Sections of ELF, PE and Mach-O files, as much as is needed to find what compilers leave in them.

https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html, https://learn.microsoft.com/windows/win32/debug/pe-format
and Apple's <mach-o/loader.h>, <mach-o/fat.h>.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator

from msgspec import Struct

from pratique.errors import ExtractorError

_MOST_HEADERS = 1 << 16
_SHT_NOBITS = 8
_DATA = 1 | 2  # SHF_WRITE and SHF_ALLOC
_PT_LOAD, _PF_WRITE = 1, 2
_SHN_XINDEX = 0xFFFF
_ELF64_SECTION, _ELF32_SECTION = "IIQQQQIIQQ", "IIIIIIIIII"
_PE_SECTION = struct.Struct("<8sIIII12xI")
_PE32_PLUS = 0x20B
_PE_WRITABLE = 0x80000000
_LC_SEGMENT, _LC_SEGMENT_64 = 0x1, 0x19
_VM_WRITE = 2
_FAT_MAGIC = b"\xca\xfe\xba\xbe"
_MOST_MACHINES = 40


class Section(Struct, frozen=True, gc=False):
    """A piece of the file that is loaded at ``address``; ``size`` is that in the file, in bytes."""

    name: bytes
    address: int
    offset: int
    size: int
    writable: bool


class Executable(Struct, frozen=True):
    """One machine's program or library; ``body`` is its own part of the file."""

    body: bytes
    sections: tuple[Section, ...]

    def content(self, name: bytes) -> bytes | None:
        """Return the content of the first section called ``name``, None where there is none."""
        for section in self.sections:
            if section.name == name:
                return self.body[section.offset : section.offset + section.size]
        return None

    def at(self, address: int, size: int) -> bytes:
        """Return ``size`` bytes from where they are loaded; raises ExtractorError where they are not in the file."""
        for section in self.sections:
            place = address - section.address
            if place >= 0 and place + size <= section.size:
                return self.body[section.offset + place : section.offset + place + size]
        raise ExtractorError("an executable points outside its sections")


def read_executables(body: bytes, names: Collection[bytes]) -> tuple[Executable, ...]:
    """Return what ``body`` holds: one executable, several in a Mach-O file for several machines, or none.

    An ELF file none of whose sections is called by one of ``names`` is told by its segments, which are far fewer.
    Raises ExtractorError where the headers contradict themselves.
    """
    magic = body[:4]
    if magic == b"\x7fELF":
        return (Executable(body, _elf(body, names)),)
    if magic[:2] == b"MZ":
        sections = _pe(body)
        return (Executable(body, sections),) if sections else ()
    if magic == _FAT_MAGIC:
        return tuple(_fat(body))
    return (Executable(body, _mach_o(body)),)


def _within(body: bytes, sections: Iterator[Section]) -> tuple[Section, ...]:
    """Keep the sections that lie in the file; one may be cut off at its end."""
    return tuple(section for section in sections if 0 <= section.offset < len(body) and section.size > 0)


def _elf(body: bytes, wanted: Collection[bytes]) -> tuple[Section, ...]:
    wide, order = {1: False, 2: True}.get(body[4]), {1: "<", 2: ">"}.get(body[5])
    if wide is None or order is None:
        raise ExtractorError("an ELF file of unknown class or byte order")
    if wide:
        programs, sections, size, count, section_size, section_count, names = struct.unpack_from(
            f"{order}QQ6xHHHHH", body, 32
        )
    else:
        programs, sections, size, count, section_size, section_count, names = struct.unpack_from(
            f"{order}II6xHHHHH", body, 28
        )
    layout = struct.Struct(order + (_ELF64_SECTION if wide else _ELF32_SECTION))
    table = None
    if sections and section_size == layout.size and sections + layout.size <= len(body):
        first = layout.unpack_from(body, sections)
        table = _ElfSections(
            body, layout, sections, section_count or first[5], names if names != _SHN_XINDEX else first[6]
        )
        if table.may_name(wanted) and (found := tuple(table.sections())):
            return found
    segments = _elf_segments(body, order, wide=wide, start=programs, size=size, count=count)
    return _within(body, segments) or (tuple(table.sections()) if table is not None else ())


class _ElfSections(Struct, frozen=True):
    body: bytes
    layout: struct.Struct
    start: int
    count: int
    names: int

    def may_name(self, names: Collection[bytes]) -> bool:
        """Whether the table of names has one of ``names``."""
        strings = self._strings()
        return any(name in strings for name in names)

    def sections(self) -> Iterator[Section]:
        """Yield the sections that lie in the file, as `_within` would keep them."""
        strings = self._strings()
        end = self.start + self._fits() * self.layout.size
        table, whole = memoryview(self.body)[self.start : end], len(self.body)
        for name, kind, flags, address, offset, length, *_ in self.layout.iter_unpack(table):
            if kind != _SHT_NOBITS and length and offset < whole:
                end = strings.find(b"\0", name)
                yield Section(strings[name : max(end, 0)], address, offset, length, flags & _DATA == _DATA)

    def _strings(self) -> bytes:
        if self.names >= self._fits():
            return b""
        row = self.layout.unpack_from(self.body, self.start + self.names * self.layout.size)
        return self.body[row[4] : row[4] + row[5]]

    def _fits(self) -> int:
        """Return how many headers there are in the file."""
        return min(self.count, (len(self.body) - self.start) // self.layout.size, _MOST_HEADERS)


def _elf_segments(body: bytes, order: str, *, wide: bool, start: int, size: int, count: int) -> Iterator[Section]:
    layout = struct.Struct(order + ("IIQQQQ" if wide else "IIIIIII"))
    if size < layout.size or start <= 0:
        return
    for number in range(min(count, (len(body) - start) // size)):
        row = layout.unpack_from(body, start + number * size)
        if wide:
            kind, flags, offset, address, _physical, length = row
        else:
            kind, offset, address, _physical, length, _memory, flags = row
        if kind == _PT_LOAD:
            yield Section(b"", address, offset, length, bool(flags & _PF_WRITE))


def _pe(body: bytes) -> tuple[Section, ...]:
    """Return the sections, none for a DOS program or for other bytes that begin with MZ."""
    if len(body) < 64:  # noqa: PLR2004 - the DOS header
        return ()
    (start,) = struct.unpack_from("<I", body, 60)
    if body[start : start + 4] != b"PE\0\0":
        return ()
    count, optional_size = struct.unpack_from("<H12xH", body, start + 6)
    optional = start + 24
    (kind,) = struct.unpack_from("<H", body, optional)
    base = (
        struct.unpack_from("<Q", body, optional + 24)[0]
        if kind == _PE32_PLUS
        else struct.unpack_from("<I", body, optional + 28)[0]
    )
    return _within(body, _pe_sections(body, optional + optional_size, count, base))


def _pe_sections(body: bytes, start: int, count: int, base: int) -> Iterator[Section]:
    for number in range(min(count, (len(body) - start) // _PE_SECTION.size)):
        name, _memory, address, size, offset, flags = _PE_SECTION.unpack_from(body, start + number * _PE_SECTION.size)
        yield Section(name.rstrip(b"\0"), base + address, offset, size, bool(flags & _PE_WRITABLE))


def _fat(body: bytes) -> Iterator[Executable]:
    (count,) = struct.unpack_from(">I", body, 4)
    if count > _MOST_MACHINES:
        raise ExtractorError("a Mach-O file for too many machines")
    for number in range(count):
        offset, size = struct.unpack_from(">II", body, 8 + 20 * number + 8)
        part = body[offset : offset + size]
        yield Executable(part, _mach_o(part))


def _mach_o(body: bytes) -> tuple[Section, ...]:
    magic = body[:4]
    order = "<" if magic[1:] == b"\xfa\xed\xfe" else ">"
    wide = b"\xcf" in (magic[:1], magic[3:])
    if magic.strip(b"\xce\xcf") not in (b"\xfa\xed\xfe", b"\xfe\xed\xfa"):
        raise ExtractorError("not a Mach-O file")
    return _within(body, _mach_o_sections(body, order, wide=wide))


def _mach_o_sections(body: bytes, order: str, *, wide: bool) -> Iterator[Section]:
    (count,) = struct.unpack_from(f"{order}I", body, 16)
    position = 32 if wide else 28
    segment = struct.Struct(f"{order}QQQQIIII" if wide else f"{order}IIIIIIII")
    row = struct.Struct(f"{order}16s16sQQI" if wide else f"{order}16s16sIII")
    stride = 80 if wide else 68
    for _ in range(min(count, _MOST_HEADERS)):
        command, size = struct.unpack_from(f"{order}II", body, position)
        if size < 8:  # noqa: PLR2004 - a command holds at least its own head
            raise ExtractorError("a Mach-O load command has no size")
        if command == (_LC_SEGMENT_64 if wide else _LC_SEGMENT):
            *_, protection, sections, _flags = segment.unpack_from(body, position + 24)
            first = position + 24 + segment.size
            for number in range(min(sections, (size - 24 - segment.size) // stride)):
                name, _, address, length, offset = row.unpack_from(body, first + number * stride)
                yield Section(name.rstrip(b"\0"), address, offset, length, bool(protection & _VM_WRITE))
        position += size
