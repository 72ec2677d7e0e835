"""Where the report of a layer lies."""

from __future__ import annotations

from pratique.model.digest import DiffId


def report_key(diff_id: DiffId, analyzer: str) -> str:
    """Return the object key of a layer's report."""
    return f"layers/{diff_id}/{analyzer}.json.zst"
