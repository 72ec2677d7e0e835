from __future__ import annotations

from collections.abc import Callable

import pytest

import functions.rematch_images.handler as rematch_images
from pratique.services.advisory_changes import Share
from pratique.services.rematch_images import Rematched
from pratique.wiring.environment import Environment
from tests.fakes.starter import FakeStarter
from tests.functions.sample_event import lambda_context, sample_event


@pytest.mark.parametrize("after", ["", "a/b@sha256:" + "1" * 64])
def test_rematch_that_runs_out_of_time_goes_on_in_a_next_invocation(
    monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    starter = FakeStarter()

    def rematch(revision: str, *, after: str, out_of_time: Callable[[], bool], failed: int, share: Share) -> Rematched:
        assert share == Share(2, 8, "run")
        assert revision == sample_event("rematch_images")["revision"]
        assert (after, out_of_time(), failed) == ("", False, 0)
        return Rematched(images=3, untouched=2, failed=1, after=following)

    following = after
    monkeypatch.setattr(rematch_images, "rematch_images", lambda: rematch)
    monkeypatch.setattr(rematch_images, "starter", lambda: starter)
    monkeypatch.setattr(rematch_images, "environment", lambda: Environment(rematch_images_function="rematch"))
    event = {**sample_event("rematch_images"), "share": 2, "shares": 8, "run": "run"}
    answered = rematch_images.lambda_handler(event, lambda_context("rematch-images"))
    assert answered == {"images": 3, "untouched": 2, "failed": 1, "after": after}
    expected = (
        [
            (
                "rematch",
                {"revision": event["revision"], "after": after, "failed": 1, "share": 2, "shares": 8, "run": "run"},
                "",
            )
        ]
        if after
        else []
    )
    assert starter.started == expected
