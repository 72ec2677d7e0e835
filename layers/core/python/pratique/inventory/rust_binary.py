"""Crates in Rust executables built with cargo-auditable.

https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.documents import as_list, as_mapping, as_text, load_json
from pratique.inventory.executable import Executable
from pratique.model.package import Package, PackageType

# The specification asks readers for a limit; real lists are some ten kilobytes.
_LARGEST_LIST = 8 << 20

CRATES_SECTION = b".dep-v0"
"""The section that holds the list of crates."""


def rust_packages(executable: Executable) -> Iterator[Package]:
    """Yield the crates that were linked in, those for the build itself left out; nothing for other executables.

    Raises ExtractorError where the list is damaged or expands beyond 8 MiB.
    """
    packed = executable.content(CRATES_SECTION)
    if packed is None:
        return
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(packed, _LARGEST_LIST)
    except zlib.error as error:
        raise ExtractorError("the list of crates is damaged") from error
    if not inflater.eof:
        raise ExtractorError("the list of crates is cut short or over the limit")
    for row in map(as_mapping, as_list(as_mapping(load_json(text)).get("packages"))):
        name, version = as_text(row.get("name")), as_text(row.get("version"))
        if name and version and as_text(row.get("kind")) != "build":
            yield Package(PackageType.CARGO, name, version)
