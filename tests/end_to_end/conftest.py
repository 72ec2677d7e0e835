"""One local system for all end-to-end tests: the deployed handlers on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pratique.local.system import LocalSystem
from tests.end_to_end.estate import Estate

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """A running system to push images into; skips where its embedded endpoint is not installed."""
    if not (PROJECT / ".venv-endpoint" / "bin" / "ministack").exists():
        pytest.skip("the embedded endpoint is not installed: run `make setup`")
    folder = tmp_path_factory.mktemp("system")
    with LocalSystem(project=PROJECT, folder=folder, workers=2) as system:
        estate = Estate(system, folder)
        estate.await_reconciliation()
        yield estate
