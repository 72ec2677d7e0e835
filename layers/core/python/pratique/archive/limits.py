"""How much of an image pratique is willing to read.  Every limit that is met becomes a reason in the coverage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from msgspec import Struct
from msgspec.structs import replace

_MIB = 1 << 20


class Limits(Struct, frozen=True):
    """What one layer may cost.  Sizes are bytes.

    ``expansion_ratio`` is checked only beyond ``ratio_free_bytes`` of expanded data: layers of zeros are common
    and harmless.  ``path_bytes`` and ``path_depth`` bound one path, ``header_bytes`` one extended tar header,
    ``file_bytes`` one file that an extractor or the rules may be given.  ``kept_bytes`` is how much of the wanted
    files is kept for hard links to them.  ``replaced_folders`` bounds how often a file may take a folder's place
    within the layer, and ``reasons`` how many reasons of one code are told one by one.

    ``archive_…`` bound one zip archive with all archives inside it; its ratio is checked only for entries that expand
    to more than ``archive_ratio_free_bytes``.  ``document_depth`` is how deep JSON and TOML may nest.
    ``file_seconds`` is processor time of one reader on one file, ``layer_seconds`` the time on the clock that a layer
    may take, and ``memory_bytes`` the memory of the process that reads it.
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
    archive_entries: int = 500_000
    archive_expanded_bytes: int = 512 * _MIB
    archive_entry_bytes: int = 256 * _MIB
    archive_expansion_ratio: int = 200
    archive_ratio_free_bytes: int = 16 * _MIB
    archive_depth: int = 12
    document_depth: int = 200
    file_seconds: int = 30
    layer_seconds: int = 840
    memory_bytes: int = 1536 * _MIB

    def at_most(self, **bounds: int) -> Limits:
        """Return these limits, those that are named in ``bounds`` no higher than there."""
        return replace(self, **{name: min(most, getattr(self, name)) for name, most in bounds.items()})


_in_force: ContextVar[Limits] = ContextVar("limits", default=Limits())  # noqa: B039 - limits are frozen


def current_limits() -> Limits:
    """Return the limits of the layer that is being read, the defaults outside one.

    Parsers are functions of a path and bytes; this is how those that open archives and documents know the limits.
    """
    return _in_force.get()


@contextmanager
def in_force(limits: Limits) -> Iterator[None]:
    """Make ``limits`` the current ones."""
    token = _in_force.set(limits)
    try:
        yield
    finally:
        _in_force.reset(token)
