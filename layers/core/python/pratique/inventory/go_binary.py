"""Go's build information: the compiler and the modules that an executable was built from.

The format is that of Go's debug/buildinfo and runtime/debug packages: https://pkg.go.dev/debug/buildinfo
"""

from __future__ import annotations

import re
import shlex
import struct
from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.executable import Executable, Section
from pratique.model.package import Package, PackageType

_MAGIC = b"\xff Go buildinf:"
_ALIGN, _HEADER = 16, 32
_BIG_ENDIAN, _INLINE = 0x1, 0x2
_LONGEST_TEXT = 16 << 20
# The module text stands between two 16-byte marks that make it findable in core dumps.
_MARK = 16
_COMPILER = re.compile(r"\bgo(\d+(?:\.\d+)*(?:(?:rc|beta|alpha)\d+)?)")
# What people name the variable that `-ldflags -X` puts a release's version into
_SET_VERSION = re.compile(
    r"-X[ =]?(?P<package>\S+)\.(?:\w*[vV]ersion|VERSION|ver|tag|gitTag)=v?(?P<version>\d+\.\d+\.\d+[\w.+-]*)"
)
_DEVELOPMENT = "(devel)"
_MODULE_FIELDS = 3

GO_SECTIONS = (b".go.buildinfo", b"__go_buildinfo")
"""The sections that hold build information: of ELF, and of Mach-O files."""


def go_packages(executable: Executable) -> Iterator[Package]:
    """Yield ``stdlib`` and the modules of a Go executable, nothing for others.

    A replaced module is named as its replacement, one replaced by a local folder as itself.  The main module
    is left out where the build recorded no version of it.  Raises ExtractorError for damaged information.
    """
    found = _find(executable)
    if found is None:
        return
    compiler, modules = found
    match = _COMPILER.search(compiler)
    if match:
        yield Package(PackageType.GOLANG, "stdlib", match[1])
    yield from _modules(modules)


def _find(executable: Executable) -> tuple[str, str] | None:
    named = [section for section in executable.sections if section.name in GO_SECTIONS]
    for section in named or [section for section in executable.sections if section.writable]:
        start = _place_of_magic(executable.body, section)
        if start >= 0:
            return _texts(executable, section, start)
    return None


def _place_of_magic(body: bytes, section: Section) -> int:
    end = min(section.offset + section.size, len(body))
    start = body.find(_MAGIC, section.offset, end)
    while start >= 0 and (start - section.offset) % _ALIGN:
        start = body.find(_MAGIC, start + 1, end)
    return start


def _texts(executable: Executable, section: Section, start: int) -> tuple[str, str]:
    body = executable.body
    if start + _HEADER > len(body):
        raise ExtractorError("Go build information is cut short")
    pointer_size, flags = body[start + 14], body[start + 15]
    if flags & _INLINE:
        end = section.offset + section.size
        compiler, position = _inline_text(body, start + _HEADER, end)
        modules, _ = _inline_text(body, position, end)
    else:
        order = ">" if flags & _BIG_ENDIAN else "<"
        kind = {4: "I", 8: "Q"}.get(pointer_size)
        if kind is None:
            raise ExtractorError("Go build information has a strange pointer size")
        pointers = struct.unpack_from(f"{order}2{kind}", body, start + 16)
        word = struct.Struct(f"{order}2{kind}")
        compiler, modules = (_pointed_text(executable, pointer, word) for pointer in pointers)
    return compiler.decode("utf-8", "replace"), _unmarked(modules).decode("utf-8", "replace")


def _inline_text(body: bytes, position: int, end: int) -> tuple[bytes, int]:
    size = shift = 0
    while True:
        if position >= end or position >= len(body) or shift > 63:  # noqa: PLR2004 - a varint of 64 bits
            raise ExtractorError("Go build information is cut short")
        byte = body[position]
        size |= (byte & 0x7F) << shift
        shift += 7
        position += 1
        if byte < 0x80:  # noqa: PLR2004 - the high bit says that more follows
            break
    if size > _LONGEST_TEXT or position + size > min(end, len(body)):
        raise ExtractorError("Go build information is longer than its section")
    return body[position : position + size], position + size


def _pointed_text(executable: Executable, pointer: int, word: struct.Struct) -> bytes:
    if not pointer:
        return b""
    address, size = word.unpack(executable.at(pointer, word.size))
    if size > _LONGEST_TEXT:
        raise ExtractorError("Go build information is longer than its section")
    return executable.at(address, size) if size else b""


def _unmarked(text: bytes) -> bytes:
    marked = len(text) >= 2 * _MARK + 1 and text[-_MARK - 1 : -_MARK] == b"\n"
    return text[_MARK:-_MARK] if marked else b""


def _modules(text: str) -> Iterator[Package]:
    main = ("", "")
    settings: dict[str, str] = {}
    dependencies: list[tuple[str, str]] = []
    for line in text.split("\n"):
        kind, *fields = line.split("\t")
        fields += [""] * (_MODULE_FIELDS - len(fields))
        if kind == "mod":
            main = (fields[0], fields[1])
        elif kind == "dep":
            dependencies.append((fields[0], fields[1]))
        elif kind == "=>" and dependencies and fields[1] and fields[1] != _DEVELOPMENT:
            dependencies[-1] = (fields[0], fields[1])
        elif kind == "build":
            key, _, value = fields[0].partition("=")
            settings[key] = value
    name, version = main
    if version in ("", _DEVELOPMENT):
        version = _version_set(settings.get("-ldflags", ""), name)
    for module, stated in [(name, version), *dependencies]:
        if module and stated and stated != _DEVELOPMENT:
            yield Package(PackageType.GOLANG, module, stated)


def _version_set(flags: str, module: str) -> str:
    """Return the version that the linker was told to write into the main module, empty where there is none."""
    text = flags.strip()
    if text.startswith('"') and text.endswith('"'):
        try:
            text = " ".join(shlex.split(text))
        except ValueError:
            return ""
    for match in _SET_VERSION.finditer(text.replace("'", "").replace('"', "")):
        package = match["package"]
        if package == "main" or package.startswith(module):
            return f"v{match['version']}"
    return ""
