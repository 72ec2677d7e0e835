"""Another scanner's own matching cases: its advisories, its list of packages, and the matches that it wants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from pratique.matching.matcher import match
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage, PackageType
from tests.advisory_files import database_of, installed
from tests.shared_data import shared

_CASES = sorted(shared("cases", "matching", "claircore").glob("*.txtar"))
_REPOSITORIES = {"pypi": (PackageType.PYPI, "PyPI"), "maven": (PackageType.MAVEN, "Maven")}


class _Case:
    """One archive of JSON files that refer to each other."""

    def __init__(self, path: Path) -> None:
        self._files: dict[str, str] = {}
        name = ""
        for line in path.read_text().splitlines(keepends=True):
            if line.startswith("-- "):
                name = line.strip(" -\n")
                self._files[name] = ""
            elif name:
                self._files[name] += line

    def read(self, name: str) -> Any:
        """Return a file with everything that it refers to."""
        return self._resolved(json.loads(self._files[name].lstrip("\x1e")))

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, dict):
            if "$ref" in value:
                return self.read(value["$ref"].removeprefix("file:"))
            return {key: self._resolved(item) for key, item in value.items()}
        return [self._resolved(item) for item in value] if isinstance(value, list) else value


def _record(flaw: dict[str, Any]) -> dict[str, Any]:
    """Return an advisory as OSV would write it: its range is a query string here."""
    span = {name: values[0] for name, values in parse_qs(flaw.get("fixed_in_version", "")).items()}
    events = [{"introduced": span.get("introduced", "0")}]
    events += [
        {name: span[key]} for key, name in (("fixed", "fixed"), ("lastAffected", "last_affected")) if key in span
    ]
    package = {"ecosystem": _REPOSITORIES[flaw["repository"]["name"]][1], "name": flaw["package"]["name"]}
    return {
        "id": flaw["name"],
        "affected": [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}],
    }


def _packages(report: dict[str, Any]) -> dict[str, InstalledPackage]:
    """Return the packages by number, each once: one of several places of a package is enough to match it."""
    found = {}
    for number, package in report["packages"].items():
        named = [
            report["repository"][one]["name"]
            for environment in report["environments"][number]
            for one in environment.get("repository_ids", ())
        ]
        kinds = [_REPOSITORIES[name] for name in named if name in _REPOSITORIES]
        kind, ecosystem = kinds[0] if kinds else (PackageType.RPM, "Red Hat:enterprise_linux:8")
        found[number] = installed(
            kind, package["name"], package["version"], ecosystem, module=package.get("module", "")
        )
    return found


@pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
def test_wanted_matches_are_made_and_no_others(path: Path, tmp_path: Path) -> None:
    case = _Case(path)
    database, wanted, report = case.read("Database"), case.read("Want"), case.read("IndexReport")
    records = {flaw["name"]: _record(flaw) for flaws in database["vulnerabilities"].values() for flaw in flaws}
    packages = _packages(report)
    result = match(ImageInventory(None, tuple(packages.values())), database_of(tmp_path, *records.values()))
    found = {
        (one.installed.package.name, evidence.advisory)
        for finding in result.vulnerabilities
        for one in finding.packages
        for evidence in one.evidence
    }
    assert found == {
        (packages[number].package.name, wanted["vulnerabilities"][flaw]["name"])
        for number, flaws in wanted["package_vulnerabilities"].items()
        for flaw in flaws
    }


def test_there_are_cases() -> None:
    assert len(_CASES) >= 2
