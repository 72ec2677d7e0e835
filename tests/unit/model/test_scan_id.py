from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from pratique.model.scan_id import scan_id

MOMENT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_scan_id_is_a_ulid_of_its_moment() -> None:
    # The first ten characters of a ULID are the milliseconds since 1970, 1,777,000,000,000 in this example of ours.
    moment = datetime.fromtimestamp(1_777_000_000, tz=UTC)
    number = 0
    for character in scan_id(moment, "x")[:10]:
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(character)
    assert number == 1_777_000_000_000


def test_scan_id_is_the_same_for_the_same_event_and_differs_otherwise() -> None:
    assert scan_id(MOMENT, "push a") == scan_id(MOMENT, "push a")
    assert scan_id(MOMENT, "push a") != scan_id(MOMENT, "push b")
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", scan_id(MOMENT, "push a"))


def test_scan_ids_sort_by_their_moments() -> None:
    ids = [scan_id(MOMENT + timedelta(milliseconds=step), f"seed {step}") for step in range(100)]
    assert ids == sorted(ids)
