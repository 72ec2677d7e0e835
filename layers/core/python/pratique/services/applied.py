"""How far decisions are applied: what the functions that do it hand on to their next call."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Applied(Struct, frozen=True):
    """How far decisions are applied: which, since when, how many images were judged by this call, how many failed.

    ``after`` is the ID of the image to go on behind, empty when done.
    """

    ids: tuple[str, ...]
    since: datetime
    images: int = 0
    failed: int = 0
    after: str = ""
