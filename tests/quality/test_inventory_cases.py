"""Every shared inventory case: all that is expected is found, and nothing beyond expected and optional."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS, LOCK_FILE_EXTRACTORS
from pratique.model.package import Package
from tests.shared_data import shared

_Key = tuple[str, str, str]

# case → why the case is wrong
_EXCEPTIONS = {
    "java-scalibr-no_pom_properties-2.4.0.jar": "upstream's test reads this jar with a manifest put in, "
    "which alone names org.elasticsearch; the jar of the case has no manifest",
}


@dataclass(frozen=True, slots=True)
class _Outcome:
    case: str
    kind: str
    found: int
    misses: tuple[str, ...]
    extras: tuple[str, ...]


def _normalised(type_: str, name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower() if type_ == "pypi" else name


def _expected_key(row: dict[str, object]) -> _Key:
    version = str(row["version"])
    if row.get("epoch"):
        version = f"{row['epoch']}:{version}"
    return (str(row["type"]), _normalised(str(row["type"]), str(row["name"])), version)


def _found_key(package: Package) -> _Key:
    return (package.type.value, _normalised(package.type.value, package.name), package.version)


def _wrong_fields(row: dict[str, object], package: Package) -> Iterator[str]:
    seen = {
        "arch": package.architecture,
        "source_name": package.source_name,
        "source_version": package.source_version,
    }
    for field, value in seen.items():
        if row.get(field) and str(row[field]) != value:
            yield f"{package.name}: {field} {value!r} is not {row[field]!r}"
    source_rpm = str(row.get("source_rpm") or "")
    if source_rpm and package.source_name != source_rpm.rsplit("-", 2)[0]:
        yield f"{package.name}: source {package.source_name!r} is not that of {source_rpm}"


def _packages(folder: Path, case: dict[str, object], selector: Selector) -> dict[_Key, Package]:
    found: dict[_Key, Package] = {}
    files = case["input_files"]
    assert isinstance(files, list)
    layer = {file["path_in_image"]: (folder / file["file"]).read_bytes() for file in files}
    for path, body in layer.items():
        for extractor in selector.select(path, body[:512]):
            companions = {end: layer[path + end] for end in extractor.companions if path + end in layer}
            for package in extractor.extract(path, body, companions).packages:
                found[_found_key(package)] = package
    return found


def _run(folder: Path) -> _Outcome:
    case = json.loads((folder / "case.json").read_text())
    lock_files = LOCK_FILE_EXTRACTORS if case["kind"].endswith(("-lock", "-config")) else ()
    found = _packages(folder, case, Selector((*EXTRACTORS, *lock_files)))
    expected = {_expected_key(row): row for row in case["expected"]}
    optional = {_expected_key(row) for row in case["optional"]}
    misses = [" ".join(key) for key in expected.keys() - found.keys()]
    wrong = [text for key in expected.keys() & found.keys() for text in _wrong_fields(expected[key], found[key])]
    extras = [" ".join(key) for key in found if key not in expected and key not in optional]
    return _Outcome(folder.name, case["kind"], len(found), tuple(misses + wrong), tuple(extras))


def test_inventory_cases_find_what_is_expected_and_nothing_else() -> None:
    outcomes = [_run(case.parent) for case in sorted(shared("cases", "inventory").glob("*/case.json"))]
    kinds = Counter(outcome.kind for outcome in outcomes)
    print()  # noqa: T201 - the numbers are this test's report
    for kind, cases in sorted(kinds.items()):
        of_kind = [outcome for outcome in outcomes if outcome.kind == kind]
        found = sum(outcome.found for outcome in of_kind)
        misses = sum(len(outcome.misses) for outcome in of_kind)
        extras = sum(len(outcome.extras) for outcome in of_kind)
        print(f"{kind:20} {cases:3} cases {found:5} packages {misses:3} missed {extras:3} extra")  # noqa: T201
    wrong = [outcome for outcome in outcomes if (outcome.misses or outcome.extras) and outcome.case not in _EXCEPTIONS]
    for outcome in wrong:
        print(outcome.case, "MISSED", outcome.misses[:5], "EXTRA", outcome.extras[:5])  # noqa: T201
    assert not wrong


@pytest.mark.parametrize("case", sorted(_EXCEPTIONS))
def test_inventory_exceptions_are_still_needed(case: str) -> None:
    outcome = _run(shared("cases", "inventory", case))
    assert outcome.misses or outcome.extras, _EXCEPTIONS[case]
