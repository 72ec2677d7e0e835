"""A small folder of advisory sources: flaws of one package, each with the version that fixes it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_feed(folder: Path, fixed: Mapping[str, str], *, package: str = "examplelib", severity: str = "") -> None:
    """Replace the PyPI source of ``folder``; ``severity`` is a CVSS vector that every flaw has."""
    target = folder / "osv" / "PyPI" / "all.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for identifier, version in fixed.items():
            archive.writestr(f"{identifier}.json", json.dumps(_record(identifier, package, version, severity)))


def _record(identifier: str, name: str, fixed: str, severity: str) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]
    return {
        "id": identifier,
        "modified": "2026-11-01T00:00:00Z",
        "summary": "a flaw",
        "affected": [{"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges}],
        **({"severity": [{"type": "CVSS_V3", "score": severity}]} if severity else {}),
    }
