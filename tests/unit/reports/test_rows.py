from __future__ import annotations

import csv
import io
import json
from typing import Any

from pratique.reports.rows import RowFormat, written

ROWS: list[dict[str, Any]] = [
    {"id": "CVE-1", "images": {"high": 2, "low": 0}, "aliases": ["GHSA-1", "GO-1"], "epss": None, "fixed": True},
    {"id": '=HYPERLINK("x")', "images": {"high": 0, "low": 1}, "title": 'a, b\n"c"', "packages": [{"name": "z"}]},
]


def test_csv_has_a_column_for_every_field_of_any_row() -> None:
    first, second = csv.DictReader(io.StringIO(written(ROWS, RowFormat.CSV).decode()))
    assert (first["images.high"], first["aliases"], first["epss"], first["fixed"], first["title"]) == (
        "2", "GHSA-1\nGO-1", "", "true", "",
    )  # fmt: skip
    assert (second["title"], second["packages"], second["images.low"]) == ('a, b\n"c"', '{"name": "z"}', "1")


def test_csv_has_no_cell_that_a_spreadsheet_would_compute() -> None:
    _, second = csv.DictReader(io.StringIO(written(ROWS, RowFormat.CSV).decode()))
    assert second["id"] == '\'=HYPERLINK("x")'


def test_json_lines_are_the_rows_as_they_are() -> None:
    assert [json.loads(line) for line in written(ROWS, RowFormat.JSON_LINES).decode().splitlines()] == ROWS


def test_no_rows_are_an_empty_file() -> None:
    assert written([], RowFormat.JSON_LINES) == b""
    assert written([], RowFormat.CSV).strip() == b""
