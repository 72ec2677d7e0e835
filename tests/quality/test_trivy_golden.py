"""The matches that another scanner's own integration tests expect, made from the advisories that they were given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.accuracy.source_packages import sources_of
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
    "go": ("Go", PackageType.GOLANG),
    "cargo": ("crates.io", PackageType.CARGO),
    "rust": ("crates.io", PackageType.CARGO),
    "swift": ("SwiftURL", PackageType.GENERIC),
    "cocoapods": ("SwiftURL", PackageType.GENERIC),
    "bitnami": ("Bitnami", PackageType.GENERIC),
}
_BUCKETS = (
    (r"debian (\S+)", "Debian:{}"),
    (r"ubuntu (\S+)", "Ubuntu:{}"),
    (r"alpine (\d\S*)", "Alpine:v{}"),
    (r"alpine edge", "Alpine:edge"),
    (r"amazon linux (\S+)", "Amazon Linux:{}"),
    (r"CBL-Mariner (\S+)", "Azure Linux:{}"),
    (r"Azure Linux (\S+)", "Azure Linux:{}"),
    (r"openSUSE (.+)", "openSUSE:{}"),
    (r"SUSE Linux Enterprise (\d+)", "SUSE:Linux Enterprise Server {}"),
    (r"SUSE Linux Enterprise (\d+)\.(\d+)", "SUSE:Linux Enterprise Server {} SP{}"),
    (r"rocky (\S+)", "Rocky Linux:{}"),
    (r"alma (\S+)", "AlmaLinux:{}"),
    (r"Oracle Linux (\S+)", "Oracle Linux:{}"),
    (r"Photon OS (\S+)", "Photon OS:{}"),
    (r"wolfi", "Wolfi"),
    (r"chainguard", "Chainguard"),
)
# What the images are, in the words above; the Alpine one follows edge, which only its repositories file tells.
_FOLLOWS = {"alpine 3.16": "Alpine:edge"}
_FAMILIES = {
    "debian": "Debian:{major}",
    "ubuntu": "Ubuntu:{name}",
    "alpine": "Alpine:v{minor}",
    "cbl-mariner": "Azure Linux:{minor}",
    "azurelinux": "Azure Linux:{minor}",
    "opensuse-tumbleweed": "openSUSE:Tumbleweed",
    "opensuse.leap": "openSUSE:Leap {name}",
    "opensuse-leap": "openSUSE:Leap {name}",
    "suse linux enterprise server": "SUSE:Linux Enterprise Server {pack}",
    "rocky": "Rocky Linux:{major}",
    "alma": "AlmaLinux:{major}",
    "redhat": "Red Hat:enterprise_linux:{major}",
    "centos": "Red Hat:enterprise_linux:{major}",
    "oracle": "Oracle Linux:{major}",
    "photon": "Photon OS:{name}",
    "wolfi": "Wolfi",
    "chainguard": "Chainguard",
}
_SYSTEM_TYPES = {"Debian": PackageType.DEB, "Ubuntu": PackageType.DEB, "Alpine": PackageType.APK}


def _ecosystem(bucket: str) -> str:
    if "::" in bucket:
        return _LANGUAGES[bucket.partition("::")[0]][0]
    return next(name.format(*found.groups()) for pattern, name in _BUCKETS if (found := re.fullmatch(pattern, bucket)))


def _image(os: dict[str, str]) -> str:
    family, name = os["family"], os["name"]
    if family == "amazon":
        # Amazon Linux 1 calls itself by the date of its release.
        return f"Amazon Linux:{'1' if name.startswith('AMI') else name.split()[0]}"
    major, _, rest = name.partition(".")
    minor = rest.partition(".")[0]
    pack = f"{major} SP{minor}" if minor not in ("", "0") else major
    words = {"name": name, "major": major, "minor": f"{major}.{minor}", "pack": pack}
    return _FOLLOWS.get(f"{family} {name}") or _FAMILIES[family].format(**words)


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


def _products(advisories: list[dict[str, Any]]) -> dict[int, str]:
    """Return the ecosystem of each of Red Hat's products that a case lists, by its number."""
    listed = [one for one in advisories if one["path"] == ["Red Hat CPE", "cpe"]]
    return {int(one["key"]): f"Red Hat:{one['value'].split(':redhat:')[-1]}" for one in listed}


def _places(advisory: dict[str, Any], products: dict[int, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the ecosystems that an advisory is about, each with what it says there."""
    bucket, value = advisory["path"][0], advisory["value"] or {}
    if bucket != "Red Hat":
        yield _ecosystem(bucket), value
        return
    for entry in value.get("Entries", ()):
        for number in entry["Affected"]:
            if number in products:
                yield products[number], entry


def _records(advisories: list[dict[str, Any]]) -> list[dict[str, Any]]:
    records: dict[str, dict[str, Any]] = {}
    products = _products(advisories)
    for advisory in advisories:
        bucket, name = advisory["path"]
        if bucket == "Red Hat CPE":
            continue
        item = records.setdefault(advisory["key"], {"id": advisory["key"], "affected": [], "upstream": []})
        for ecosystem, value in _places(advisory, products):
            ranges = [{"type": "ECOSYSTEM", "events": events} for events in _events(value)]
            item["affected"].append({"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges})
            item["upstream"] += [flaw["ID"] for flaw in value.get("Cves", ()) if flaw.get("ID")]
    return list(records.values())


def _system_package(name: str, version: str, ecosystem: str, spoken_of: set[str]) -> InstalledPackage:
    """Return a package with its source, which the cases do not state: the one that the advisories speak of."""
    kind = _SYSTEM_TYPES.get(ecosystem.partition(":")[0], PackageType.RPM)
    source = next((one for one in sources_of(kind, name) if one in spoken_of), "")
    return installed(kind, name, version, ecosystem, source=(source, version) if source else ("", ""))


def _packages(case: dict[str, Any]) -> list[InstalledPackage]:
    language = {
        _ecosystem(advisory["path"][0]): _LANGUAGES[advisory["path"][0].partition("::")[0]][1]
        for advisory in case["advisories"]
        if "::" in advisory["path"][0]
    }
    spoken_of = {advisory["path"][1] for advisory in case["advisories"]}
    held = [(one["name"], one["version"], one["class"]) for one in case["installed"]]
    held += [(one["name"], one["installed"], one["class"]) for one in case["expected"]]
    found = []
    for name, version, kind in dict.fromkeys(held):
        if kind == "os-pkgs":
            found.append(_system_package(name, version, _image(case["os"]), spoken_of))
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
