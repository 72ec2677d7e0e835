"""What the API answers when the service itself is at fault."""

from __future__ import annotations

import pytest

from pratique.wiring import queries
from pratique.wiring.environment import Environment
from tests.functions.api_client import Api, api

__all__ = ["api"]


def test_missing_environment_variable_is_the_services_fault_and_named_to_nobody(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "reading", lambda: Environment().need("findings_table"))
    answer = api.get("/v1/vulnerabilities")
    assert answer.status == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["detail"] == "the service failed: its log says why"
    assert "PRATIQUE" not in answer.text
    assert "environment" not in answer.text
