from __future__ import annotations

from pathlib import Path

from pratique.advisories.starter import starter_database
from pratique.matching.matcher import MatchResult, match
from pratique.model.advisory import FixState
from pratique.model.coverage import ReasonCode
from pratique.model.finding import Category
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage, PackageType
from pratique.model.severity import Priority, Severity
from pratique.ports.advisories import AdvisoryDatabase
from tests.advisory_files import database_of, fixed_in, installed, record

_CRITICAL = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]


def _match(database: AdvisoryDatabase, *packages: InstalledPackage) -> MatchResult:
    return match(ImageInventory(None, packages), database)


def _ids(result: MatchResult) -> list[str]:
    return [finding.vulnerability.id for finding in result.vulnerabilities]


def test_one_flaw_on_two_binary_packages_of_a_source_is_one_finding(tmp_path: Path) -> None:
    database = database_of(
        tmp_path, record("DSA-1-1", "Debian:11", "openssl", fixed_in("1.1.1k-1+deb11u1"), upstream=["CVE-1"])
    )
    source = ("openssl", "1.1.1k-1")
    result = _match(
        database,
        installed(PackageType.DEB, "openssl", "1.1.1k-1", "Debian:11", source=source),
        installed(PackageType.DEB, "libssl1.1", "1.1.1k-1", "Debian:11", source=source),
        installed(PackageType.DEB, "bash", "5.1", "Debian:11"),
    )
    (finding,) = result.vulnerabilities
    assert (finding.vulnerability.id, finding.vulnerability.aliases) == ("CVE-1", ("DSA-1-1",))
    assert finding.category is Category.SYSTEM
    assert [one.installed.package.name for one in finding.packages] == ["libssl1.1", "openssl"]
    assert finding.packages[0].evidence[0].by_source
    assert finding.packages[0].evidence[0].source == "test"
    assert result.reasons == ()


def test_two_advisories_about_one_flaw_give_both_evidences_and_the_higher_fix(tmp_path: Path) -> None:
    database = database_of(
        tmp_path,
        record("PYSEC-1", "PyPI", "p", fixed_in("1.9"), aliases=["CVE-1"]),
        record("GHSA-1", "PyPI", "p", fixed_in("1.10"), aliases=["CVE-1"]),
    )
    (finding,) = _match(database, installed(PackageType.PYPI, "P", "1.0", "PyPI")).vulnerabilities
    (package,) = finding.packages
    assert (package.fixed_version, package.fix_state) == ("1.10", FixState.FIXED)
    assert [evidence.advisory for evidence in package.evidence] == ["GHSA-1", "PYSEC-1"]
    assert finding.category is Category.APPLICATION


def test_ratings_of_other_ecosystems_advisories_about_the_flaw_are_kept(tmp_path: Path) -> None:
    database = database_of(
        tmp_path,
        record("DSA-1-1", "Debian:11", "p", fixed_in("2"), upstream=["CVE-1"]),
        record("CVE-1", "npm", "elsewhere", fixed_in("2"), severity=_CRITICAL, summary="Runs code."),
        kev=["CVE-1"],
    )
    (finding,) = _match(database, installed(PackageType.DEB, "p", "1", "Debian:11")).vulnerabilities
    assert (finding.vulnerability.severity, finding.vulnerability.severity_source) == (Severity.CRITICAL, "nvd")
    assert finding.vulnerability.title == "Runs code."
    assert finding.vulnerability.exploitation.known_exploited
    assert finding.priority is Priority.HIGH


def test_text_that_says_what_is_wrong_is_preferred(tmp_path: Path) -> None:
    database = database_of(
        tmp_path,
        record("DSA-1-1", "Debian:11", "p", fixed_in("2"), upstream=["CVE-1", "CVE-2"], summary="p - security update"),
        record("ALPINE-CVE-1", "Alpine:v3.19", "p", fixed_in("2"), upstream=["CVE-1"], details="CVE-1 was fixed in p."),
        record(
            "UBUNTU-CVE-1", "Ubuntu:22.04", "p", fixed_in("2"), upstream=["CVE-1"], details="A long name overflows."
        ),
    )
    found = _match(database, installed(PackageType.DEB, "p", "1", "Debian:11")).vulnerabilities
    assert [finding.vulnerability.title for finding in found] == ["A long name overflows.", "p - security update"]


def test_cve_that_only_another_advisory_knows_goes_first(tmp_path: Path) -> None:
    database = database_of(
        tmp_path,
        record("CGA-1", "Wolfi", "ring", fixed_in("2-r0"), upstream=["GHSA-1"]),
        record("RUSTSEC-1", "crates.io", "ring", fixed_in("2.0.0"), aliases=["CVE-1", "GHSA-1"], severity=_CRITICAL),
    )
    (finding,) = _match(database, installed(PackageType.APK, "ring", "1-r0", "Wolfi")).vulnerabilities
    assert (finding.vulnerability.id, finding.vulnerability.aliases) == ("CVE-1", ("CGA-1", "GHSA-1"))
    assert finding.vulnerability.severity is Severity.CRITICAL


def test_withdrawn_advisory_is_dropped_with_its_reason(tmp_path: Path) -> None:
    database = database_of(
        tmp_path, record("GHSA-1", "npm", "p", fixed_in("2.0.0"), withdrawn="2024-01-01T00:00:00Z", aliases=["CVE-1"])
    )
    result = _match(database, installed(PackageType.NPM, "p", "1.0.0", "npm"))
    assert result.vulnerabilities == ()
    assert [(one.advisory, one.why) for one in result.dropped] == [("GHSA-1", "withdrawn 2024-01-01T00:00:00Z")]


def test_package_owned_by_the_distribution_is_dropped_with_its_reason(tmp_path: Path) -> None:
    database = database_of(tmp_path, record("PYSEC-1", "PyPI", "requests", fixed_in("2.31")))
    result = _match(
        database,
        installed(PackageType.PYPI, "requests", "2.20", "PyPI", owned_by="python3-requests"),
        installed(PackageType.PYPI, "requests", "2.25", "PyPI"),
    )
    assert [one.installed.package.version for finding in result.vulnerabilities for one in finding.packages] == ["2.25"]
    assert "python3-requests" in result.dropped[0].why


def test_kernel_headers_are_a_class_of_their_own(tmp_path: Path) -> None:
    database = database_of(tmp_path, record("DSA-1-1", "Debian:11", "linux", fixed_in("5.10.2"), upstream=["CVE-1"]))
    headers = installed(PackageType.DEB, "linux-libc-dev", "5.10.1", "Debian:11", source=("linux", "5.10.1"))
    result = _match(database, headers)
    assert result.vulnerabilities == ()
    assert [finding.vulnerability.id for finding in result.host_only] == ["CVE-1"]


def test_release_without_data_names_the_nearest_that_has_some(tmp_path: Path) -> None:
    database = database_of(tmp_path, record("DSA-1-1", "Debian:11", "p", fixed_in("2")))
    result = _match(
        database,
        installed(PackageType.DEB, "p", "1", "Debian:13"),
        installed(PackageType.DEB, "q", "1", "Debian:13"),
        installed(PackageType.NPM, "p", "1.0.0", "npm"),
        installed(PackageType.DEB, "r", "1", ""),
    )
    codes = [reason.code for reason in result.reasons]
    assert codes == [
        ReasonCode.DISTRIBUTION_WITHOUT_DATA,
        ReasonCode.ECOSYSTEM_WITHOUT_DATA,
        ReasonCode.DISTRIBUTION_UNKNOWN,
    ]
    assert "Debian:11" in result.reasons[0].detail


def test_recognised_program_is_matched_or_told_of(tmp_path: Path) -> None:
    database = database_of(tmp_path, record("BIT-apache-1", "Bitnami", "apache", fixed_in("2.4.59"), aliases=["CVE-1"]))
    result = _match(
        database,
        installed(PackageType.GENERIC, "httpd", "2.4.58", "Bitnami"),
        installed(PackageType.GENERIC, "busybox", "1.36.1", "Bitnami"),
        installed(PackageType.GENERIC, "perl", "5.36.0", "Bitnami", owned_by="deb:perl-base"),
    )
    assert _ids(result) == ["CVE-1"]
    (reason,) = result.reasons
    assert reason.code is ReasonCode.ECOSYSTEM_WITHOUT_DATA
    assert "busybox 1.36.1" in reason.detail
    assert "perl" not in reason.detail


def test_packages_of_a_type_that_no_source_is_about_are_told_of(tmp_path: Path) -> None:
    database = database_of(tmp_path, record("GHSA-1", "npm", "p", fixed_in("2.0.0")))
    (reason,) = _match(database, installed(PackageType.CONDA, "openssl", "3.0.1", "")).reasons
    assert (reason.code, reason.detail) == (
        ReasonCode.ECOSYSTEM_WITHOUT_DATA,
        "no advisory source is about conda packages: 1 here",
    )


def test_version_that_cannot_be_compared_is_reported_with_package_and_advisory(tmp_path: Path) -> None:
    database = database_of(tmp_path, record("PYSEC-1", "PyPI", "p", fixed_in("2")))
    result = _match(database, installed(PackageType.PYPI, "p", "one dot two", "PyPI", path="x/METADATA"))
    (reason,) = result.reasons
    assert reason.code is ReasonCode.VERSION_INCOMPARABLE
    assert reason.path == "x/METADATA"
    assert "p one dot two" in reason.detail
    assert "PYSEC-1" in reason.detail


def test_starter_set_is_named_as_such(tmp_path: Path) -> None:
    result = _match(
        starter_database(tmp_path),
        installed(PackageType.MAVEN, "org.apache.logging.log4j:log4j-core", "2.14.1", "Maven"),
        installed(PackageType.PYPI, "jinja2", "3.1.6", "PyPI"),
    )
    assert [reason.code for reason in result.reasons] == [ReasonCode.ADVISORIES_STARTER]
    assert _ids(result) == ["CVE-2021-44228", "CVE-2021-45046", "CVE-2021-44832"]
    assert result.vulnerabilities[0].vulnerability.exploitation.known_exploited


def test_findings_are_sorted_and_the_same_every_time(tmp_path: Path) -> None:
    items = [
        record("GHSA-2", "npm", "p", fixed_in("2.0.0"), aliases=["CVE-2"], severity=_CRITICAL),
        record("GHSA-1", "npm", "p", fixed_in("2.0.0"), aliases=["CVE-1"]),
        record("GHSA-3", "npm", "p", fixed_in("2.0.0"), aliases=["CVE-3"], severity=_CRITICAL),
    ]
    package = installed(PackageType.NPM, "p", "1.0.0", "npm")
    first = _match(database_of(tmp_path, *items), package)
    assert _ids(first) == ["CVE-2", "CVE-3", "CVE-1"]
    again = _match(database_of(tmp_path, *reversed(items)), package)
    assert _ids(again) == _ids(first)
