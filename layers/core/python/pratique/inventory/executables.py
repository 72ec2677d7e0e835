"""What an executable tells of itself: Go modules, Rust crates, or that it is a program known by its text."""

from __future__ import annotations

from pratique.inventory.executable import read_executables
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.go_binary import GO_SECTIONS, go_packages
from pratique.inventory.known_binaries import known_packages
from pratique.inventory.rust_binary import CRATES_SECTION, rust_packages
from pratique.model.package import Package

_NAMED = (*GO_SECTIONS, CRATES_SECTION)


def _parse(path: str, body: bytes) -> Parsed:
    packages: list[Package] = []
    for executable in read_executables(body, _NAMED):
        packages += go_packages(executable)
        packages += rust_packages(executable)
    return Parsed.of(packages or known_packages(path, body))


EXECUTABLES = FormatExtractor(
    name="executables",
    version=2,
    paths=PathPatterns(executables=True),
    parse=_parse,
    max_bytes=256 << 20,
)
