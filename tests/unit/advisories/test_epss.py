from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from pratique.advisories.epss import Refused, Score, read_scores
from pratique.errors import FeedError

_TABLE = """#model_version:v2025.03.14,score_date:2026-08-16T12:00:00Z
cve,epss,percentile
CVE-1999-0001,0.01297,0.79
CVE-2020-0001,2.5,0.1
not a line
CVE-2021-44228,0.94358,0.99957
"""


def _write(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


def test_scores_are_read_and_lines_that_are_none_are_listed(tmp_path: Path) -> None:
    found = list(read_scores(_write(tmp_path / "a.csv.gz", gzip.compress(_TABLE.encode()))))
    assert [score for score in found if isinstance(score, Score)] == [
        Score("CVE-1999-0001", 0.01297, 0.79),
        Score("CVE-2021-44228", 0.94358, 0.99957),
    ]
    assert [refused.line for refused in found if isinstance(refused, Refused)] == [
        "CVE-2020-0001,2.5,0.1\n",
        "not a line\n",
    ]


@pytest.mark.parametrize(
    "body",
    [b"", b"not gzip", gzip.compress(b"<html>"), gzip.compress(_TABLE.encode() * 50)[:-30], gzip.compress(b"\xff")],
)
def test_broken_tables_raise_a_feed_error(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(FeedError):
        list(read_scores(_write(tmp_path / "a.csv.gz", body)))
