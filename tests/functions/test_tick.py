from __future__ import annotations

import pytest

import functions.tick.handler as tick
from tests.functions.sample_event import lambda_context, sample_event


@pytest.mark.parametrize(
    ("started", "answer"),
    [("SCAN", {"outcome": "started", "scan_id": "SCAN"}), (None, {"outcome": "nothing due"})],
)
def test_tick_says_what_it_started(
    monkeypatch: pytest.MonkeyPatch, started: str | None, answer: dict[str, str]
) -> None:
    recorded: list[str] = []
    monkeypatch.setattr(tick, "tick", lambda: lambda: started)
    monkeypatch.setattr(tick, "migrate_tables", lambda: lambda owner: recorded.append("migrated"))
    monkeypatch.setattr(tick, "record_day", lambda: lambda: recorded.append("today"))
    assert tick.lambda_handler(sample_event("tick"), lambda_context("tick")) == answer
    assert recorded == ["migrated", "today"]
