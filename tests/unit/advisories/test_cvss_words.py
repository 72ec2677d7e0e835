from __future__ import annotations

import pytest
from cvss.constants2 import METRICS_ABBREVIATIONS as NAMES_2
from cvss.constants2 import METRICS_MANDATORY as MANDATORY_2
from cvss.constants2 import METRICS_VALUE_NAMES as VALUES_2
from cvss.constants3 import METRICS_ABBREVIATIONS as NAMES_3
from cvss.constants3 import METRICS_MANDATORY as MANDATORY_3
from cvss.constants3 import METRICS_VALUE_NAMES as VALUES_3
from cvss.constants4 import METRICS_MANDATORY as MANDATORY_4
from cvss.constants4 import METRICS_VALUE_NAMES as VALUES_4

from pratique.advisories.cvss_words import specification_of, words_of

# The scoring library's own tables, so that a value that is missing in ours is found.
TABLES = {
    "": (MANDATORY_2, VALUES_2),
    "CVSS:3.0/": (MANDATORY_3, VALUES_3),
    "CVSS:3.1/": (MANDATORY_3, VALUES_3),
    "CVSS:4.0/": (MANDATORY_4, VALUES_4),
}
VALUES = [
    (prefix, metric, value)
    for prefix, (mandatory, values) in TABLES.items()
    for metric in (*mandatory, *(("E",) if prefix == "CVSS:4.0/" else ("E", "RL", "RC")))
    for value in values[metric]
    if value not in {"X", "ND"}
]


@pytest.mark.parametrize(("prefix", "metric", "value"), VALUES)
def test_every_value_of_every_metric_has_its_own_words(prefix: str, metric: str, value: str) -> None:
    (one,) = words_of(f"{prefix}{metric}:{value}")
    assert one.name != metric
    assert "see the specification" not in one.meaning
    others = {
        words_of(f"{prefix}{metric}:{other}")[0].meaning
        for other in TABLES[prefix][1][metric]
        if other not in {value, "X", "ND"}
    }
    assert one.meaning not in others


@pytest.mark.parametrize(("prefix", "names"), [("", NAMES_2), ("CVSS:3.1/", NAMES_3)])
def test_metrics_have_the_names_that_the_scoring_library_knows(prefix: str, names: dict[str, str]) -> None:
    values = TABLES[prefix][1]
    for metric in (*TABLES[prefix][0], "E", "RL", "RC"):
        (one,) = words_of(f"{prefix}{metric}:{next(value for value in values[metric] if value not in {'X', 'ND'})}")
        assert one.name.lower() == names[metric].lower().removesuffix(" impact")


def test_vector_is_told_in_its_order_without_what_it_leaves_open() -> None:
    vector = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:L/I:N/A:H/E:X/MAV:L"
    told = [one.written for one in words_of(vector)]
    assert told == ["AV:N", "AC:H", "PR:N", "UI:R", "S:C", "C:L", "I:N", "A:H", "MAV:L"]
    assert words_of(vector)[-1].name == "MAV"
    assert "see the specification" in words_of(vector)[-1].meaning


def test_what_is_no_vector_of_a_known_version_has_no_words() -> None:
    assert words_of("") == words_of("CVSS:9.0/AV:N") == words_of("unknown") == ()


@pytest.mark.parametrize(
    ("vector", "page"),
    [
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", "v2"),
        ("CVSS:3.0/AV:N", "v3.0"),
        ("CVSS:3.1/AV:N", "v3.1"),
        ("CVSS:4.0/AV:N", "v4.0"),
    ],
)
def test_specification_is_that_of_the_version(vector: str, page: str) -> None:
    assert f"/cvss/{page}/" in specification_of(vector)
    assert specification_of("") == ""
