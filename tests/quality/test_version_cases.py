"""Every shared line about versions: order, bulk order, ranges, validity.  All agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from pratique.errors import InvalidVersion
from pratique.versions import compare, in_range, is_valid
from tests.shared_data import shared

_Row = tuple[str, ...]


def _rows(name: str) -> Iterator[_Row]:
    with shared("cases", "versions", name).open(encoding="utf-8") as lines:
        for line in lines:
            yield tuple(line.rstrip("\n").split("\t"))


def _order(row: _Row) -> bool:
    scheme, left, operator, right = row
    return compare(scheme, left, right) == {"<": -1, "=": 0, ">": 1}[operator]


def _range(row: _Row) -> bool:
    scheme, range_text, version, expected = row
    return in_range(scheme, range_text, version) is (expected == "true")


def _validity(row: _Row) -> bool:
    scheme, version, expected = row
    return is_valid(scheme, version) is (expected == "true")


def _agrees(claim: Callable[[_Row], bool], row: _Row) -> bool:
    try:
        return claim(row)
    except InvalidVersion:
        return False


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("versions.tsv", _order),
        ("versions_bulk.tsv", _order),
        ("ranges.tsv", _range),
        ("valid.tsv", _validity),
    ],
)
def test_every_line_agrees(name: str, claim: Callable[[_Row], bool], capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(_rows(name))
    wrong = [row for row in rows if not _agrees(claim, row)]
    total, failed = Counter(row[0] for row in rows), Counter(row[0] for row in wrong)
    with capsys.disabled():
        counts = ", ".join(f"{scheme} {total[scheme] - failed[scheme]}/{total[scheme]}" for scheme in sorted(total))
        print(f"\n{name}: {len(rows) - len(wrong)}/{len(rows)} lines agree ({counts})")  # noqa: T201 - the counts are the report
    assert wrong == []
