from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_page_of_the_api_is_current() -> None:
    written = runpy.run_path(str(DOCS / "write_api.py"))["page"]()
    assert (DOCS / "api.md").read_text() == written, "run python docs/write_api.py"
