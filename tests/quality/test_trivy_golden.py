"""The matches that another scanner's own integration tests expect, made from the advisories that they were given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pratique.matching.matcher import match
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage, PackageType
from tests.advisory_files import database_of, installed
from tests.shared_data import shared

_CASES = sorted(shared("cases", "matching", "trivy-golden").glob("*/case.json"))

_LANGUAGES = {
    "npm": ("npm", PackageType.NPM),
    "pip": ("PyPI", PackageType.PYPI),
    "composer": ("Packagist", PackageType.COMPOSER),
    "conan": ("ConanCenter", PackageType.GENERIC),
    "nuget": ("NuGet", PackageType.NUGET),
    "rubygems": ("RubyGems", PackageType.GEM),
    "maven": ("Maven", PackageType.MAVEN),
    "erlang": ("Hex", PackageType.HEX),
    "pub": ("Pub", PackageType.GENERIC),
}
_BUCKETS = (
    (r"debian (\S+)", "Debian:{}"),
    (r"ubuntu (\S+)", "Ubuntu:{}"),
    (r"alpine (\d\S*)", "Alpine:v{}"),
    (r"alpine edge", "Alpine:edge"),
    (r"amazon linux (\S+)", "Amazon Linux:{}"),
    (r"CBL-Mariner (\S+)", "Azure Linux:{}"),
    (r"openSUSE (.+)", "openSUSE:{}"),
    (r"rocky (\S+)", "Rocky Linux:{}"),
    (r"Red Hat", "Red Hat:7"),
)
# What the images are, in the words above; the Alpine one follows edge, which only its repositories file tells.
_IMAGES = {
    "debian 10.1": "Debian:10",
    "debian 10.2": "Debian:10",
    "debian 9.9": "Debian:9",
    "ubuntu 18.04": "Ubuntu:18.04",
    "alpine 3.16": "Alpine:edge",
    "amazon AMI release 2018.03": "Amazon Linux:1",
    "cbl-mariner 1.0": "Azure Linux:1.0",
    "opensuse-tumbleweed 20240607": "openSUSE:Tumbleweed",
    "rocky 8.5": "Rocky Linux:8",
    "redhat 7.7": "Red Hat:7",
}
# The cases state no source packages; these are Debian's and Ubuntu's.
_SOURCES = {
    "libssl1.1": "openssl",
    "libidn2-0": "libidn2",
    "libcom-err2": "e2fsprogs",
    "libext2fs2": "e2fsprogs",
    "libss2": "e2fsprogs",
}
_SYSTEM_TYPES = {"Debian": PackageType.DEB, "Ubuntu": PackageType.DEB, "Alpine": PackageType.APK}


def _ecosystem(bucket: str) -> str:
    if "::" in bucket:
        return _LANGUAGES[bucket.partition("::")[0]][0]
    return next(name.format(*found.groups()) for pattern, name in _BUCKETS if (found := re.fullmatch(pattern, bucket)))


def _events(value: dict[str, Any]) -> Iterator[list[dict[str, str]]]:
    """Yield the events of each interval of a bucket's value."""
    fixes = [value.get("FixedVersion", ""), *(entry.get("FixedVersion", "") for entry in value.get("Entries", ()))]
    if "VulnerableVersions" not in value:
        fixed = max(fixes)
        yield [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
        return
    for text in value["VulnerableVersions"]:
        start, ends = "0", []
        for operator, version in re.findall(r"(<=|>=|<|>|=)\s*([^\s,]+)", text):
            if operator in (">=", "="):
                start = version
            if operator in ("<=", "="):
                ends.append({"last_affected": version})
            elif operator == "<":
                ends.append({"fixed": version})
        yield [{"introduced": start}, *ends]


def _records(advisories: list[dict[str, Any]]) -> list[dict[str, Any]]:
    records: dict[str, dict[str, Any]] = {}
    for advisory in advisories:
        bucket, name = advisory["path"]
        if bucket == "Red Hat CPE":
            continue
        item = records.setdefault(advisory["key"], {"id": advisory["key"], "affected": []})
        ranges = [{"type": "ECOSYSTEM", "events": events} for events in _events(advisory["value"] or {})]
        item["affected"].append({"package": {"ecosystem": _ecosystem(bucket), "name": name}, "ranges": ranges})
    return list(records.values())


def _system_package(name: str, version: str, ecosystem: str) -> InstalledPackage:
    kind = _SYSTEM_TYPES.get(ecosystem.partition(":")[0], PackageType.RPM)
    source = (_SOURCES[name], version) if name in _SOURCES else ("", "")
    return installed(kind, name, version, ecosystem, source=source)


def _packages(case: dict[str, Any]) -> list[InstalledPackage]:
    language = {
        _ecosystem(advisory["path"][0]): _LANGUAGES[advisory["path"][0].partition("::")[0]][1]
        for advisory in case["advisories"]
        if "::" in advisory["path"][0]
    }
    held = [(one["name"], one["version"], one["class"]) for one in case["installed"]]
    held += [(one["name"], one["installed"], one["class"]) for one in case["expected"]]
    found = []
    for name, version, kind in dict.fromkeys(held):
        if kind == "os-pkgs":
            found.append(_system_package(name, version, _IMAGES[f"{case['os']['family']} {case['os']['name']}"]))
        else:
            ecosystem, type_ = next(iter(language.items()))
            found.append(installed(type_, name, version, ecosystem))
    return found


@pytest.mark.parametrize("path", _CASES, ids=lambda path: path.parent.name.removeprefix("trivy-golden-"))
def test_expected_matches_are_reported_and_in_closed_lists_nothing_else(path: Path, tmp_path: Path) -> None:
    case = json.loads(path.read_text())
    database = database_of(tmp_path, *_records(case["advisories"]))
    result = match(ImageInventory(None, tuple(_packages(case))), database)
    found = {
        (one.installed.package.name, one.installed.package.version, finding.vulnerability.id)
        for finding in result.vulnerabilities
        for one in finding.packages
    }
    expected = {(one["name"], one["installed"], one["vulnerability"]) for one in case["expected"]}
    assert expected <= found
    if case["installed_is_complete"]:
        assert found == expected


def test_there_are_cases() -> None:
    assert len(_CASES) >= 20
