"""Rows of any list as CSV (RFC 4180) or JSON lines (https://jsonlines.org)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

# A cell that begins so is a formula to a spreadsheet: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RowFormat(StrEnum):
    """The formats of an export."""

    CSV = "csv"
    JSON_LINES = "jsonl"

    @property
    def content_type(self) -> str:
        """The media type."""
        return "text/csv; charset=utf-8" if self is RowFormat.CSV else "application/jsonl"


def written(rows: Sequence[Mapping[str, Any]], form: RowFormat) -> bytes:
    """Return the rows, which hold what JSON can say.

    In CSV a field of a field is a column ``a.b``, a list one cell: its texts line by line, the rest as JSON.
    """
    match form:
        case RowFormat.JSON_LINES:
            return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        case RowFormat.CSV:
            return _csv([_flat(row) for row in rows]).encode()


def _csv(rows: Sequence[Mapping[str, str]]) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _flat(row: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = _cell(value)
    return flat


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else value
        case list() | tuple():
            return _cell("\n".join(_items(value)))
        case _:
            return str(value)


def _items(values: Iterable[object]) -> Iterable[str]:
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values)
