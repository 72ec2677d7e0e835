"""What a benchmark has told stands on its page, and nothing else of the page changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import measurement
from benchmarks.measurement import Record
from benchmarks.result_text import measured, targets
from benchmarks.write_pages import with_numbers


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setattr(measurement, "RESULTS", tmp_path)
    record = Record("some", "python -m benchmarks.some")
    record.skip("no folder of images")
    record.table("Times", ("image", "s"), [("big", "1.5")])
    record.target("CPU", 0.5, 0.45)
    record.target("images a second", 200, 150, least=True)
    record.finish()
    found: dict[str, object] = json.loads((tmp_path / "some.json").read_text())
    return found


def test_tables_and_what_is_missing_are_told(result: dict[str, object]) -> None:
    text = "".join(measured(result))
    assert text.startswith("`python -m benchmarks.some`, 20")
    assert "\nNot measured: no folder of images.\n" in text
    assert "\nTimes:\n\n| image | s |\n|---|---|\n| big | 1.5 |\n" in text


def test_targets_say_whether_they_are_met(result: dict[str, object]) -> None:
    rows = "".join(targets([result])).splitlines()[2:]
    assert rows == ["| some | CPU | 0.5 | ≤ 0.45 | **missed** |", "| some | images a second | 200 | ≥ 150 | met |"]


def test_numbers_are_written_between_their_marks(result: dict[str, object]) -> None:
    page = "# Page\n\n<!-- numbers -->\nlast time\n<!-- end of numbers -->\n\nmore\n"
    written = with_numbers(page, result)
    assert written.startswith("# Page\n\n<!-- numbers -->\n\n`python -m benchmarks.some`")
    assert written.endswith("| met |\n\n<!-- end of numbers -->\n\nmore\n")
    assert "last time" not in written
    assert with_numbers(written, result) == written
    with pytest.raises(ValueError, match="no marks"):
        with_numbers("# Page\n", result)
