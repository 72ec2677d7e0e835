"""How much of an image pratique is willing to read.  Every limit that is met becomes a reason in the coverage."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one layer may cost.  Sizes are bytes.

    ``expansion_ratio`` is checked only beyond ``ratio_free_bytes`` of expanded data: layers of zeros are common
    and harmless.  ``path_bytes`` and ``path_depth`` bound one path, ``header_bytes`` one extended tar header,
    ``file_bytes`` one file that an extractor or the rules may be given.  ``kept_bytes`` is how much of the wanted
    files is kept for hard links to them.  ``replaced_folders`` bounds how often a file may take a folder's place
    within the layer, and ``reasons`` how many reasons of one code are told one by one.
    """

    layer_compressed_bytes: int = 10 * 1024 * _MIB
    layer_expanded_bytes: int = 32 * 1024 * _MIB
    expansion_ratio: int = 200
    ratio_free_bytes: int = 2 * 1024 * _MIB
    entries: int = 2_000_000
    path_bytes: int = 4096
    path_depth: int = 256
    header_bytes: int = 1 * _MIB
    file_bytes: int = 256 * _MIB
    kept_bytes: int = 32 * _MIB
    all_path_bytes: int = 256 * _MIB
    replaced_folders: int = 1000
    reasons: int = 100
