"""What every audit list does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.model.scan_id import scan_id
from pratique.ports.audit import AuditRecord

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def record(days_ago: float, *, outcome: str = "200") -> AuditRecord:
    at = NOW - timedelta(days=days_ago)
    return AuditRecord(
        scan_id(at, f"{days_ago}"), at, "ann", "PUT", "/v1/settings", "request", {"cycle": "3d"},
        {"cycle": "1w"}, {"cycle": "3d"}, outcome,
    )  # fmt: skip


def test_records_come_newest_first_over_months_and_pages(stores: DynamoStores) -> None:
    records = [record(days) for days in (0, 0.5, 1, 2, 30, 31, 300)]
    for one in reversed(records):
        stores.audit.put(one)
    found: list[AuditRecord] = []
    position = ""
    for _ in range(20):
        page = stores.audit.page(after=position, limit=2, now=NOW)
        found.extend(page.records)
        if page.after is None:
            break
        position = page.after
    assert found == records


def test_outcome_takes_the_place_of_what_was_asked(stores: DynamoStores) -> None:
    for outcome in ("", "200"):
        stores.audit.put(record(0, outcome=outcome))
    assert stores.audit.page(after="", limit=10, now=NOW).records == (record(0),)


def test_empty_list_ends_at_once(stores: DynamoStores) -> None:
    page = stores.audit.page(after="", limit=10, now=NOW)
    assert (page.records, page.after) == ((), None)
