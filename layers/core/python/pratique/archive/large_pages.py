"""Room for large contents, in the large pages of memory that the system has for those who ask.

Memory comes a page of 4 KB at a time, when it is first written to, and each costs a microsecond or more: for a large
file that is several times what it takes to copy it.  Linux gives pages of 2 MB to whoever asks by madvise(2), where
/sys/kernel/mm/transparent_hugepage/enabled says ``madvise`` or ``always``.
"""

from __future__ import annotations

import mmap
from io import BytesIO

_WORTH_ASKING = 4 << 20


def reserved(size: int) -> BytesIO:
    """Return a buffer of ``size`` bytes, at its beginning; what is not written to does not become memory."""
    room = BytesIO(bytes(size))
    if size >= _WORTH_ASKING and hasattr(mmap, "MADV_HUGEPAGE"):
        _ask_for_large_pages(room)
    return room


def _ask_for_large_pages(room: BytesIO) -> None:
    import ctypes  # noqa: PLC0415 - milliseconds, for images with a large file only

    with room.getbuffer() as view:
        first = ctypes.c_char.from_buffer(view)
        begin = ctypes.addressof(first)
        start = -(-begin // mmap.PAGESIZE) * mmap.PAGESIZE
        # Where it is refused, pages are small.
        ctypes.CDLL(None).madvise(
            ctypes.c_void_p(start), ctypes.c_size_t(begin + len(view) - start), mmap.MADV_HUGEPAGE
        )
        del first
