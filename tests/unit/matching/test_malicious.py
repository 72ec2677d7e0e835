from __future__ import annotations

from pathlib import Path

import pytest

from pratique.matching.malicious import match_malicious
from pratique.matching.matcher import match
from pratique.model.coverage import ReasonCode
from pratique.model.digest import DiffId
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage, Location, PackageType
from pratique.model.sample import Detector, Level
from pratique.services.package_samples import package_key, package_samples
from tests.advisory_files import LAYER, database_of, installed, record

HIGHER = DiffId(f"sha256:{'2' * 64}")
EVERY = [{"introduced": "0"}]
REPORT = record(
    "MAL-2026-1",
    "npm",
    "evil",
    EVERY,
    summary="Malicious code in evil (npm)",
    details="---\n_-= Per source details =-_\n\n## Source: somebody\nIt sends tokens\naway.\n",
    references=[{"type": "WEB", "url": "https://example.test/1"}, {"type": "WEB", "url": "https://example.test/2"}],
)
LISTED = record("MAL-2026-2", "PyPI", "Sound_Name", versions=["1.2"])
LISTED["affected"][0] |= {"versions": ["1.2"], "ranges": []}
EVIL = installed(PackageType.NPM, "evil", "1.0.0", "npm", path="app/node_modules/evil/package.json")
TAKEN_OVER = installed(PackageType.PYPI, "sound-name", "1.2", "PyPI")


def inventory(*packages: InstalledPackage, shadowed: tuple[InstalledPackage, ...] = ()) -> ImageInventory:
    return ImageInventory(None, packages, shadowed)


def test_reported_package_is_a_sample_and_no_vulnerability(tmp_path: Path) -> None:
    database = database_of(tmp_path, REPORT)
    assert match(inventory(EVIL), database).vulnerabilities == ()
    (sample,) = package_samples(match_malicious(inventory(EVIL), database))
    assert (sample.purl, sample.name) == ("pkg:npm/evil@1.0.0", "pkg:npm/evil@1.0.0")
    assert (sample.sha256, sample.level, sample.size) == (package_key(sample.purl), Level.URGENT, 0)
    (rule,) = sample.rules
    assert (rule.rule, rule.pack, rule.detector) == ("MAL-2026-1", "test", Detector.PACKAGE)
    assert rule.description == "Malicious code in evil (npm): It sends tokens away."
    assert (rule.reference, len(rule.references)) == ("https://example.test/1", 2)
    (file,) = sample.files
    assert (file.location, file.removed) == (EVIL.locations[0], False)


@pytest.mark.parametrize(("version", "found"), [("1.2", True), ("1.3", False)])
def test_only_the_versions_that_a_report_names_are_malicious(tmp_path: Path, version: str, *, found: bool) -> None:
    package = installed(PackageType.PYPI, "sound-name", version, "PyPI")
    assert bool(match_malicious(inventory(package), database_of(tmp_path, LISTED)).packages) is found


def test_package_that_a_layer_removed_still_counts_and_says_so(tmp_path: Path) -> None:
    gone = InstalledPackage(EVIL.package, "npm", (Location("old/package.json", LAYER),), removed_by=HIGHER)
    result = match_malicious(inventory(EVIL, shadowed=(gone,)), database_of(tmp_path, REPORT))
    (sample,) = package_samples(result)
    assert [(file.location.path, file.removed) for file in sample.files] == [
        ("app/node_modules/evil/package.json", False),
        ("old/package.json", True),
    ]


def test_distribution_builds_are_not_what_reports_are_about(tmp_path: Path) -> None:
    owned = installed(PackageType.PYPI, "sound-name", "1.2", "PyPI", owned_by="python3-sound")
    system = installed(PackageType.DEB, "evil", "1.0.0", "Debian:12")
    assert match_malicious(inventory(owned, system), database_of(tmp_path, REPORT, LISTED)).packages == ()


def test_version_that_cannot_be_compared_is_told(tmp_path: Path) -> None:
    bounded = record("MAL-2026-3", "PyPI", "odd", [{"introduced": "1.0"}, {"fixed": "2.0"}])
    odd = installed(PackageType.PYPI, "odd", "not a version", "PyPI")
    result = match_malicious(inventory(odd), database_of(tmp_path, bounded))
    assert result.packages == ()
    (reason,) = result.reasons
    assert (reason.code, "MAL-2026-3" in reason.detail) == (ReasonCode.VERSION_INCOMPARABLE, True)
