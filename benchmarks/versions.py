"""Comparisons a second of processor time, for every scheme: ``python -m benchmarks.versions``.

Both keys are made anew for every comparison, as when an installed version meets an advisory for the first time.
The second number is what is left when one side's key is kept, as when it meets many.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from pratique.versions import SCHEMES, compare, sort_key

_SECONDS = 0.3
_PAIRS: dict[str, tuple[tuple[str, str], ...]] = {
    "deb": (
        ("1:7.4.052-1ubuntu3.1", "1:7.4.052-1ubuntu3.2"),
        ("2.36-9+deb12u4", "2.36-9+deb12u7"),
        ("3.0.11-1~deb12u2", "3.0.13-1~deb12u1"),
        ("5.36.0-7+deb12u1", "5.36.0-7"),
    ),
    "rpm": (
        ("1:1.1.1k-9.el8_7", "1:1.1.1k-12.el8_9"),
        ("2.28-225.el8", "2.28-251.el8_10.2"),
        ("7.61.1-33.el8_9.5", "7.61.1-34.el8"),
        ("4.18.0-513.5.1.el8_9", "4.18.0-553.el8_10"),
    ),
    "apk": (("1.36.1-r15", "1.36.1-r5"), ("3.1.4-r5", "3.1.4-r6"), ("2.9.11_pre20061021-r1", "2.9.11-r2")),
    "pep440": (("2.31.0", "2.32.0rc1"), ("1.26.18", "2.0.7.post1")),
    "maven": (("2.14.1", "2.15.0"), ("5.3.39.RELEASE", "5.3.39"), ("1.0.0-alpha-2", "1.0.0-beta1")),
    "npm": (("4.17.20", "4.17.21"), ("1.0.0-rc.1", "1.0.0")),
    "semver": (("v1.24.0", "1.25.0"), ("1.0.0-alpha.1", "1.0.0")),
    "gem": (("2.2.6.4", "2.2.7"), ("7.0.0.rc1", "7.0.0")),
    "golang": (("v0.17.0", "v0.23.0"), ("v0.0.0-20220722155217-630584e8d5aa", "v0.1.0")),
    "nuget": (("13.0.1", "13.0.2"), ("6.0.0-rc.1", "6.0.0")),
    "composer": (("v5.4.20", "v5.4.21"), ("1.0.0-beta2", "1.0.0")),
    "crates": (("1.0.193", "1.0.194"), ("0.5.0-alpha.1", "0.5.0")),
    "hex": (("1.7.10", "1.7.11"), ("1.0.0-rc.1", "1.0.0")),
    "pub": (("1.1.0", "1.2.0"), ("1.0.0+1", "1.0.0+2")),
    "cran": (("1.7-2", "1.7.3"), ("0.9.20", "0.9.21")),
    "hackage": (("0.11.3.0", "1.0.0.0"), ("2.1", "2.1.1")),
    "jvm": (("1.8.0_131-b11", "1.8.0_352-b08"), ("11.0.4+11", "17.0.1")),
}


def _rate(scheme: str, once: Callable[[str, str, str], object]) -> float:
    """Return how often a second ``once`` runs over the scheme's pairs."""
    pairs = _PAIRS[scheme] * 250
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < _SECONDS:
        for left, right in pairs:
            once(scheme, left, right)
        done += len(pairs)
    return done / spent


def main() -> None:
    """Print a row a scheme."""
    print(f"{'scheme':10}{'comparisons/s':>16}{'one key kept':>16}")
    for scheme in sorted(SCHEMES):
        kept = _rate(scheme, lambda name, left, _right: sort_key(name, left))
        print(f"{scheme:10}{_rate(scheme, compare):16,.0f}{kept:16,.0f}")


if __name__ == "__main__":
    main()
