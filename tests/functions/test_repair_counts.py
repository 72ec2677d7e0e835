from __future__ import annotations

import json
from datetime import date

import pytest

import functions.repair_counts.handler as repair_counts
from pratique.services.repair_counts import Repaired
from tests.functions.sample_event import lambda_context, sample_event


def test_repair_counts_recounts_the_days_share_and_reports_drift(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def repair(share: int) -> Repaired:
        asked.append(share)
        return Repaired(images=40, images_drifted=2, repositories=3, rows_drifted=1)

    monkeypatch.setattr(repair_counts, "repair_counts", lambda: repair)
    answer = repair_counts.lambda_handler(sample_event("repair_counts"), lambda_context("repair_counts"))
    day = date(2026, 11, 23).toordinal()
    assert asked == [day]
    assert answer == {"share": day, "images": 40, "repositories": 3, "drifted": 3}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "CloudWatchMetrics" in line]
    assert [line["CountsDrifted"] for line in lines] == [[3.0]]
