from __future__ import annotations

import pytest

import functions.sweep_reports.handler as sweep_reports
from pratique.services.sweep_reports import Swept
from tests.functions.sample_event import lambda_context, sample_event


def test_sweep_answers_what_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_reports, "end_lost_scans", lambda: lambda: 1)
    swept = Swept(layers=2, images=3, waiting=5)
    monkeypatch.setattr(sweep_reports, "sweep_reports", lambda: lambda: swept)
    answer = sweep_reports.lambda_handler(sample_event("sweep_reports"), lambda_context("sweep-reports"))
    assert answer == {"lost_scans": 1, "layers": 2, "images": 3, "waiting": 5}
