"""The published schema of outgoing events, as tests hold events against it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

PATH = Path(__file__).resolve().parents[1] / "docs" / "events.schema.json"
SCHEMA = json.loads(PATH.read_text())


def problems(kind: str, detail: Mapping[str, Any]) -> list[str]:
    """What is wrong with the detail of an event of this ``detail-type``."""
    schema = {**SCHEMA, "$ref": f"#/$defs/{kind}"}
    plain = json.loads(json.dumps(detail))
    return [error.message for error in Draft202012Validator(schema).iter_errors(plain)]
