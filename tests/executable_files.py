"""Small ELF, PE and Mach-O files with given sections, and Go build information, for tests."""

from __future__ import annotations

import struct
from collections.abc import Mapping

BASE = 0x400000


def elf(sections: Mapping[str, bytes], *, order: str = "<", wide: bool = True, headers: bool = True) -> bytes:
    """Return an ELF file; its sections are writable, loaded at `BASE` plus their offset, in one segment.

    Without ``headers`` it has the segment only, as stripped files do.
    """
    head = 64 if wide else 52
    segment_size, section_size = (56, 64) if wide else (32, 40)
    names = [*sections, ".shstrtab"]
    strings = b"\0" + b"".join(name.encode() + b"\0" for name in names)
    bodies = [*sections.values(), strings]
    place = head + segment_size
    place += -place % 16
    data, rows, name_at = bytes(place - head - segment_size), [(0,) * 10], 1
    for name, body in zip(names, bodies, strict=True):
        offset = place
        rows.append((name_at, 1, 3, BASE + offset, offset, len(body), 0, 0, 16, 0))
        name_at += len(name) + 1
        data += body + bytes(-len(body) % 16)
        place += len(body) + -len(body) % 16
    table = b"".join(struct.pack(order + ("IIQQQQIIQQ" if wide else "IIIIIIIIII"), *row) for row in rows)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1]).ljust(12, b"\0")
    count = len(rows) if headers else 0
    fields = (
        2,
        62,
        1,
        BASE,
        head,
        place if headers else 0,
        0,
        head,
        segment_size,
        1,
        section_size,
        count,
        count - 1 if count else 0,
    )
    header = ident + struct.pack(order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"), *fields)
    if wide:
        segment = struct.pack(f"{order}IIQQQQQQ", 1, 6, 0, BASE, BASE, place, place, 16)
    else:
        segment = struct.pack(f"{order}IIIIIIII", 1, 0, BASE, BASE, place, place, 6, 16)
    return header + segment + data + (table if headers else b"")


def pe(sections: Mapping[str, bytes], *, wide: bool = True) -> bytes:
    """Return a PE file whose sections are writable and loaded at `BASE` plus their offset."""
    optional = struct.pack("<H22xQ", 0x20B, BASE) if wide else struct.pack("<H26xI", 0x10B, BASE)
    optional = optional.ljust(240 if wide else 224, b"\0")
    start = 128 + 24 + len(optional) + 40 * len(sections)
    place = start + -start % 16
    table, data = b"", bytes(place - start)
    for name, body in sections.items():
        size = len(body) + -len(body) % 16
        table += struct.pack("<8sIIII12xI", name.encode(), len(body), place, size, place, 0xC0000040)
        data += body.ljust(size, b"\0")
        place += size
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, len(sections), 0, 0, 0, len(optional), 0x22)
    return b"MZ".ljust(60, b"\0") + struct.pack("<I", 128) + bytes(64) + coff + optional + table + data


def mach_o(sections: Mapping[str, bytes], *, order: str = "<", wide: bool = True) -> bytes:
    """Return a Mach-O file with one writable segment of these sections, loaded at `BASE` plus their offset."""
    head, segment_head, stride = (32, 72, 80) if wide else (28, 56, 68)
    size = segment_head + stride * len(sections)
    place = head + size
    place += -place % 16
    table, data = b"", bytes(place - head - size)
    for name, body in sections.items():
        kind, padding = ("16s16sQQI", 28) if wide else ("16s16sIII", 24)
        table += struct.pack(order + kind, name.encode(), b"__DATA", BASE + place, len(body), place) + bytes(padding)
        data += body + bytes(-len(body) % 16)
        place += len(body) + -len(body) % 16
    kind = "II16sQQQQIIII" if wide else "II16sIIIIIIII"
    command = struct.pack(
        order + kind, 0x19 if wide else 1, size, b"__DATA", BASE, place, 0, place, 7, 3, len(sections), 0
    )
    magic = 0xFEEDFACF if wide else 0xFEEDFACE
    header = struct.pack(f"{order}IIIIIII", magic, 0x01000007, 3, 2, 1, size, 0).ljust(head, b"\0")
    return header + command + table + data


def fat(*parts: bytes) -> bytes:
    """Return a Mach-O file for several machines."""
    place = 8 + 20 * len(parts)
    table, data = b"", b""
    for part in parts:
        table += struct.pack(">IIIII", 7, 3, place + len(data), len(part), 0)
        data += part
    return struct.pack(">4sI", b"\xca\xfe\xba\xbe", len(parts)) + table + data


def go_inline(compiler: str, modules: str) -> bytes:
    """Return build information as Go 1.18 and later write it."""
    marked = b"m" * 16 + modules.encode() + b"e" * 16
    texts = b"".join(_varint(len(text)) + text for text in (compiler.encode(), marked))
    return b"\xff Go buildinf:\x08\x02".ljust(32, b"\0") + texts


def go_pointers(compiler: str, modules: str, *, address: int, order: str = "<", wide: bool = True) -> bytes:
    """Return build information as Go before 1.18 writes it, for a section loaded at ``address``."""
    word = "Q" if wide else "I"
    size = 8 if wide else 4
    texts = [compiler.encode(), b"m" * 16 + modules.encode() + b"e" * 16]
    heads = address + 32
    first = heads + 4 * size
    pointers = struct.pack(f"{order}2{word}", heads, heads + 2 * size)
    strings = struct.pack(f"{order}4{word}", first, len(texts[0]), first + len(texts[0]), len(texts[1]))
    return (
        (b"\xff Go buildinf:" + bytes([size, 1 if order == ">" else 0]) + pointers).ljust(32, b"\0")
        + strings
        + b"".join(texts)
    )


def _varint(number: int) -> bytes:
    encoded = b""
    while number > 127:
        encoded += bytes([number & 127 | 128])
        number >>= 7
    return encoded + bytes([number])
