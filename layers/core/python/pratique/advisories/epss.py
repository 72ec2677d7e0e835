"""Reads FIRST's EPSS scores: how likely each CVE is to be exploited in the next 30 days.

https://www.first.org/epss/data_stats
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from pratique.errors import FeedError

_MAX_BYTES = 512 * 1024 * 1024


class Score(Struct, frozen=True):
    """One CVE's probability and its rank among all CVEs, both between 0 and 1."""

    id: str
    epss: float
    percentile: float


class Refused(Struct, frozen=True):
    """A line that is not a score, and why."""

    line: str
    reason: str


def read_scores(path: Path) -> Iterator[Score | Refused]:
    """Yield the scores of a gzip-compressed file in FIRST's form.

    Raises FeedError where the file is cut short, not gzip, or has another heading.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            header = next(lines, "")
            if header.startswith("#"):
                header = next(lines, "")
            if not header.startswith("cve,epss,percentile"):
                raise FeedError("not a table of EPSS scores: its heading is missing", path=path.name)
            read = len(header)
            for line in lines:
                read += len(line)
                if read > _MAX_BYTES:
                    raise FeedError("a table of EPSS scores is too large", path=path.name)
                yield _score(line)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise FeedError(f"EPSS scores cannot be read: {error}", path=path.name) from error


def _score(line: str) -> Score | Refused:
    identifier, _, rest = line.rstrip("\r\n").partition(",")
    epss, _, percentile = rest.partition(",")
    try:
        score = Score(identifier, float(epss), float(percentile))
    except ValueError as error:
        return Refused(line[:100], str(error))
    if not (identifier.startswith("CVE-") and 0 <= score.epss <= 1 and 0 <= score.percentile <= 1):
        return Refused(line[:100], "not a CVE with two numbers between 0 and 1")
    return score
