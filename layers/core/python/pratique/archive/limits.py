"""How much of an image pratique is willing to read.  Every limit that is met becomes a reason in the coverage."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are bytes.

    ``expansion_ratio`` is checked only beyond ``ratio_free_bytes`` of expanded data: small layers of zeros are
    common and harmless.
    """

    layer_compressed_bytes: int = 10 * 1024 * _MIB
    layer_expanded_bytes: int = 32 * 1024 * _MIB
    expansion_ratio: int = 200
    ratio_free_bytes: int = 256 * _MIB
    entries: int = 2_000_000
    path_bytes: int = 4096
    path_depth: int = 256
    header_bytes: int = 1 * _MIB
    file_bytes: int = 256 * _MIB
    kept_bytes: int = 64 * _MIB
    """How much of small wanted files is kept for hard links to them within one layer."""
