"""Processor time of one search by name among 300,000 vulnerabilities.

    python -m benchmarks.search_names [--names 300000] [--runs 7]

Every name is an id, for a third of them a second one, and a title of 4 to 11 words out of 60,000, of which a few are
in almost every title (Zipf).  The searches are of the kinds that take longest: typing errors that no part of the text
rules out early, words that are in everything, many words.  Nothing is remembered from one search to the next.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import time
from bisect import bisect_left
from collections.abc import Iterator

from pratique.services.query.names import NameSearch

_WORDS = 60_000
_COMMON = tuple(
    "in of to the a via for and overflow allows attackers buffer remote code execution denial service heap use after "  # noqa: SIM905
    "free openssl kernel linux cross-site scripting sql injection path traversal information disclosure".split()
)
_SYLLABLES = [first + last for first in "bcdfghjklmnprstvwz" for last in "aeiou"]
_GHSA = "23456789cfghjmpqrvwx"
SEARCHES = (
    "overflow",
    "OpenSSL",
    "o",
    "1",
    "cv",
    "cve",
    "-20",
    "cve-2024",
    "cve-2024-12345",
    "cve-2024-1x345",
    "CVE-2024-12354",
    "cve202412345",
    "2o24",
    "24-1x",
    "oevrflow",
    "opnessl",
    "ovrf",
    "zzzzzzzz",
    "heap overflow openssl",
    "use after free in the kernel",
    "in to of",
    "cve-2024 ovreflow openssl",
    "c v e 2 0 - 1 4",
    "a e i o u",
)


def vocabulary(number: int, *, seed: int = 1) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield so many ids with what each is called."""
    chance = random.Random(seed)  # noqa: S311 - invents names
    made = ("".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5))) for _ in itertools.count())
    words = [*_COMMON, *itertools.islice(made, _WORDS - len(_COMMON))]
    weights = list(itertools.accumulate(1 / (rank + 5) for rank in range(_WORDS)))
    for serial in range(number):
        identifier = f"CVE-{1999 + serial % 28}-{1000 + serial // 28 * 9}"
        others = ["GHSA-" + "-".join("".join(chance.choices(_GHSA, k=4)) for _ in range(3))] if serial % 3 == 0 else []
        drawn = (bisect_left(weights, chance.random() * weights[-1]) for _ in range(chance.randint(4, 11)))
        yield identifier, (identifier, *others, " ".join(words[place] for place in drawn).capitalize())


def main() -> None:
    """Print a row for each search, the slowest last."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    names = dict(vocabulary(options.names))
    begun = time.process_time()
    search = NameSearch(names)
    print(f"{len(names):,} names folded once in {time.process_time() - begun:.2f} s of processor time\n")
    rows = []
    for wanted in SEARCHES:
        took = []
        for _ in range(options.runs):
            begun = time.process_time()
            found = len(search.matching(wanted))
            took.append(1000 * (time.process_time() - begun))
        rows.append((statistics.median(took), min(took), max(took), wanted, found))
    print(f"{'milliseconds':>34}\n{'search':32} {'found':>8} {'min':>7} {'median':>7} {'max':>7}")
    for middle, least, most, wanted, found in sorted(rows):
        print(f"{wanted:32} {found:8,} {least:7.1f} {middle:7.1f} {most:7.1f}")
    print(f"\nslowest: {max(rows)[3]!r}, median {max(rows)[0]:.1f} ms")


if __name__ == "__main__":
    main()
