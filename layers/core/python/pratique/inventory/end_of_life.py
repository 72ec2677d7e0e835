"""When distributions stop getting security fixes: from then on, no advisory says anything about new flaws.

The advisory database brings current dates (its source is endoflife.date); this table stands in where it has none.  Its
dates are those of the vendors as of July 2026, of the support that everybody gets: Debian's with its long-term support,
Ubuntu's and Red Hat's without the paid extensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pratique.model.distribution import Distribution

AS_OF = date(2026, 7, 1)
"""When the table was last brought up to date."""

_RHEL = {"6": "2020-11-30", "7": "2024-06-30", "8": "2029-05-31", "9": "2032-05-31", "10": "2035-05-31"}
_DATES: dict[str, dict[str, str]] = {
    "alpine": {
        "3.8": "2020-05-01", "3.9": "2020-11-01", "3.10": "2021-05-01", "3.11": "2021-11-01", "3.12": "2022-05-01",
        "3.13": "2022-11-01", "3.14": "2023-05-01", "3.15": "2023-11-01", "3.16": "2024-05-23", "3.17": "2024-11-22",
        "3.18": "2025-05-09", "3.19": "2025-11-01", "3.20": "2026-04-01", "3.21": "2026-11-01", "3.22": "2027-05-01",
        "3.23": "2027-11-01",
    },
    "debian": {
        "6": "2016-02-29", "7": "2018-05-31", "8": "2020-06-30", "9": "2022-07-01", "10": "2024-06-30",
        "11": "2026-08-31", "12": "2028-06-30", "13": "2030-06-30",
    },
    "ubuntu": {
        "14.04": "2019-04-02", "16.04": "2021-04-02", "18.04": "2023-05-31", "20.04": "2025-05-31",
        "21.10": "2022-07-14", "22.04": "2027-04-01", "22.10": "2023-07-20", "23.04": "2024-01-20",
        "23.10": "2024-07-12", "24.04": "2029-05-31", "24.10": "2025-07-10", "25.04": "2026-01-17",
        "25.10": "2026-07-01", "26.04": "2031-04-30",
    },
    "rhel": _RHEL,
    "rocky": {"8": "2029-05-31", "9": "2032-05-31", "10": "2035-05-31"},
    "almalinux": {"8": "2029-03-01", "9": "2032-05-31", "10": "2035-05-31"},
    "centos": {"6": "2020-11-30", "7": "2024-06-30", "8": "2021-12-31"},
    "amzn": {"2018": "2023-12-31", "2": "2026-06-30", "2023": "2029-06-30"},
    "mariner": {"1.0": "2023-08-31", "2.0": "2025-07-31"},
    "azurelinux": {"3.0": "2027-08-31"},
    "opensuse-leap": {
        "42.3": "2019-07-01", "15.0": "2019-12-03", "15.1": "2021-02-02", "15.2": "2022-01-04", "15.3": "2022-12-31",
        "15.4": "2023-12-07", "15.5": "2024-12-31", "15.6": "2026-04-30", "16.0": "2027-10-31",
    },
    "fedora": {
        "34": "2022-06-07", "35": "2022-12-13", "36": "2023-05-16", "37": "2023-12-05", "38": "2024-05-21",
        "39": "2024-11-26", "40": "2025-05-13", "41": "2025-12-15", "42": "2026-05-13", "43": "2026-12-09",
    },
}  # fmt: skip


def end_of_life(distribution: Distribution, known: Mapping[str, str] | None = None) -> date | None:
    """Return the last day of security support, None where the release is not known.

    ``known`` are dates (ISO) by release that a source told; they go before the table, which stands in where they say
    nothing.  The release is looked up by its whole version, its first two numbers, then its first.
    """
    dates = {**_DATES.get(distribution.id, {}), **(known or {})}
    numbers = distribution.version.split(".")
    for version in (distribution.version, ".".join(numbers[:2]), numbers[0]):
        if version in dates:
            return date.fromisoformat(dates[version])
    return None
