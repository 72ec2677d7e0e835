"""The query side on the two tables."""

from __future__ import annotations

from collections.abc import Callable

from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.ports.advisories import AdvisoryRevision
from pratique.ports.clock import Clock
from pratique.services.query.page import CursorSigner
from pratique.services.query.reading import Reading


def reading_from(
    stores: DynamoStores,
    *,
    cursor_key: Callable[[], bytes],
    clock: Clock,
    advisories: Callable[[], AdvisoryRevision | None],
) -> Reading:
    """Return what questions are answered from; what ``cursor_key`` returns signs cursors and has at least 16 bytes."""
    return Reading(
        findings=stores.findings,
        counts=stores.counts,
        library=stores.library,
        scans=stores.scans,
        settings=stores.settings,
        trend=stores.trend,
        allow_list=stores.allow_list,
        suppressions=stores.suppressions,
        audit=stores.audit,
        cursors=CursorSigner(cursor_key),
        clock=clock,
        advisories=advisories,
    )
