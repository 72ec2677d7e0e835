from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

import functions.apply_allow_list.handler as apply_allow_list
from pratique.services.applied import Applied
from pratique.wiring.environment import Environment
from tests.fakes.starter import FakeStarter
from tests.functions.sample_event import lambda_context, sample_event

SINCE = datetime(2026, 11, 23, 15, tzinfo=UTC)
IMAGE = "a/b@sha256:" + "1" * 64


def test_entries_that_run_out_of_time_are_gone_on_with_in_a_next_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    starter, asked = FakeStarter(), []

    def apply(begun: Applied | None, *, out_of_time: Callable[[], bool]) -> Applied:
        assert not out_of_time()
        asked.append(begun)
        return Applied(("E1",), SINCE, images=3, failed=1, after="" if begun else IMAGE)

    monkeypatch.setattr(apply_allow_list, "apply_allow_list", lambda: apply)
    monkeypatch.setattr(apply_allow_list, "starter", lambda: starter)
    monkeypatch.setattr(apply_allow_list, "environment", lambda: Environment(apply_allow_list_function="apply"))
    for event in ({}, sample_event("apply_allow_list")):
        answered = apply_allow_list.lambda_handler(event, lambda_context("apply-allow-list"))
        assert answered == {"ids": ["E1"], "images": 3, "failed": 1, "after": IMAGE}
    (function, following, _), _ = starter.started
    assert function == "apply"
    assert apply_allow_list.lambda_handler(dict(following), lambda_context("apply-allow-list"))["after"] == ""
    assert asked == [None, None, Applied(("E1",), SINCE, 0, 1, IMAGE)]
    assert len(starter.started) == 2
