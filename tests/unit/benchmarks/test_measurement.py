from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import measurement
from benchmarks.measurement import Record, Spread, Target, interleaved, layouts, run_process


def test_spread_is_of_all_runs() -> None:
    assert Spread.of([3.0, 1.0, 9.0, 2.0]) == Spread(1.0, 2.5, 9.0, 4)


def test_interleaved_runs_take_turns() -> None:
    order: list[str] = []

    def note(name: str) -> str:
        order.append(name)
        return name

    found = interleaved({"a": lambda: note("a"), "b": lambda: note("b")}, 3)
    assert order == ["a", "b"] * 3
    assert found == {"a": ["a"] * 3, "b": ["b"] * 3}


def test_target_may_be_a_most_or_a_least() -> None:
    assert Target("CPU", 0.45, 0.45).met
    assert not Target("CPU", 0.46, 0.45).met
    assert Target("images a second", 150, 150, least=True).met
    assert not Target("images a second", 149, 150, least=True).met


def test_process_is_measured_whole() -> None:
    usage = run_process([sys.executable, "-c", "x = bytearray(b'1' * 80_000_000)"])
    assert usage.peak > 80
    assert usage.cpu > 0
    assert usage.wall > 0


def test_peak_of_a_process_is_its_own() -> None:
    held = bytearray(b"1" * 150_000_000)
    assert run_process([sys.executable, "-c", "pass"]).peak < 60
    assert held


def test_process_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="status 3"):
        run_process([sys.executable, "-c", "raise SystemExit(3)"])


def test_record_writes_what_it_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measurement, "RESULTS", tmp_path)
    record = Record("row", "python -m benchmarks.row")
    record.table("Things", ("thing", "s"), [("one", "1.0"), ("eleven", "11.0")])
    record.target("seconds", 11.0, 10.0, " s")
    assert layouts(record, None, ("big",)) == []
    assert layouts(record, tmp_path, ("big",)) == []
    record.finish()
    printed = capsys.readouterr().out
    assert "MISSED seconds: 11 s, at most 10 s" in printed
    assert "no such OCI layout" in printed
    written = json.loads((tmp_path / "row.json").read_text())
    assert written["tables"] == [
        {"title": "Things", "columns": ["thing", "s"], "rows": [["one", "1.0"], ["eleven", "11.0"]]}
    ]
    assert len(written["skipped"]) == 2
    assert written["machine"]["python"]
