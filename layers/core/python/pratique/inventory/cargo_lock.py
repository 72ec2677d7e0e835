"""Cargo's ``Cargo.lock``: https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.inventory.documents import as_list, as_mapping, as_text, load_toml
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType


def parse_cargo_lock(body: bytes) -> Iterator[Package]:
    """Yield the locked crates; one with no source is the project or a folder beside it.

    Raises ExtractorError where the file is not TOML.
    """
    for row in map(as_mapping, as_list(load_toml(body).get("package"))):
        name, version, source = (as_text(row.get(key)) for key in ("name", "version", "source"))
        if name and version and source:
            yield Package(PackageType.CARGO, name, version)


CARGO_LOCK = FormatExtractor(
    name="cargo_lock",
    version=1,
    paths=PathPatterns(basenames=frozenset({"Cargo.lock"})),
    parse=lambda _path, body: Parsed.of(parse_cargo_lock(body)),
)
