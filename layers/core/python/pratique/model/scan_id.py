"""Ids of scans: ULIDs (https://github.com/ulid/spec), which sort by the moment they name.

An id is made from a moment and a seed, so that the same event makes the same id however often it arrives.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26


def scan_id(moment: datetime, seed: str) -> str:
    """Return the 26-character ULID of ``moment`` (with a time zone) whose random part is a hash of ``seed``."""
    milliseconds = int(moment.timestamp() * 1000)
    number = milliseconds << 80 | int.from_bytes(hashlib.sha256(seed.encode()).digest()[:10])
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
