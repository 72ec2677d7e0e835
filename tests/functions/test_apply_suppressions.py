from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

import functions.apply_suppressions.handler as apply_suppressions
from pratique.services.applied import Applied
from pratique.wiring.environment import Environment
from tests.fakes.starter import FakeStarter
from tests.functions.sample_event import lambda_context, sample_event

SINCE = datetime(2026, 11, 23, 15, tzinfo=UTC)
IMAGE = "a/b@sha256:" + "1" * 64


def test_suppressions_that_run_out_of_time_are_gone_on_with_in_a_next_invocation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    starter, asked = FakeStarter(), []

    def apply(begun: Applied | None, *, out_of_time: Callable[[], bool]) -> Applied:
        assert not out_of_time()
        asked.append(begun)
        return Applied(("E1",), SINCE, images=3, failed=1, after="" if begun else IMAGE)

    monkeypatch.setattr(apply_suppressions, "apply_suppressions", lambda: apply)
    monkeypatch.setattr(apply_suppressions, "starter", lambda: starter)
    monkeypatch.setattr(apply_suppressions, "environment", lambda: Environment(apply_suppressions_function="apply"))
    for event in ({}, sample_event("apply_suppressions")):
        answered = apply_suppressions.lambda_handler(event, lambda_context("apply-suppressions"))
        assert answered == {"ids": ["E1"], "images": 3, "failed": 1, "after": IMAGE}
    (function, following, _), _ = starter.started
    assert function == "apply"
    assert apply_suppressions.lambda_handler(dict(following), lambda_context("apply-suppressions"))["after"] == ""
    assert asked == [None, None, Applied(("E1",), SINCE, 0, 1, IMAGE)]
    assert len(starter.started) == 2
