"""The sample events of the project's ``events`` folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pratique.local.context import LocalContext

FOLDER = Path(__file__).parents[2] / "events"


def sample_event(function: str) -> dict[str, Any]:
    """Return the sample event of one function."""
    event: dict[str, Any] = json.loads((FOLDER / f"{function}.json").read_text())
    return event


def lambda_context(function: str) -> Any:
    """Return what Lambda's runtime tells a function of its invocation."""
    return LocalContext(function)
