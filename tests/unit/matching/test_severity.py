from __future__ import annotations

from pratique.matching.severity import EXPLOITED_SOURCE, Chosen, choose_severity
from pratique.model.advisory import Exploitation
from pratique.model.severity import Rating, Severity

_NVD = Rating("nvd", Severity.CRITICAL, "CVSS:3.1/…", 9.8)
_UBUNTU = Rating("ubuntu", Severity.LOW)
_GITHUB = Rating("github", Severity.HIGH, "CVSS:3.1/…", 8.1)
_QUIET = Exploitation()


def test_vendor_of_the_package_comes_before_nvd() -> None:
    assert choose_severity([_NVD, _UBUNTU], ["Ubuntu:22.04:LTS"], _QUIET) == Chosen(Severity.LOW, "ubuntu", 9.8)


def test_another_vendors_word_comes_after_github_and_nvd() -> None:
    assert choose_severity([_UBUNTU, _NVD, _GITHUB], ["npm"], _QUIET).source == "github"
    assert choose_severity([_UBUNTU, _NVD], ["Debian:11"], _QUIET).source == "nvd"
    assert choose_severity([_UBUNTU], ["Debian:11"], _QUIET) == Chosen(Severity.LOW, "ubuntu", None)


def test_worst_rating_of_one_source_is_shown() -> None:
    milder = Rating("nvd", Severity.MEDIUM, "CVSS:2", 5.0)
    assert choose_severity([milder, _NVD], [], _QUIET).severity is Severity.CRITICAL


def test_nobody_rated_is_unknown() -> None:
    assert choose_severity([], ["PyPI"], _QUIET) == Chosen(Severity.UNKNOWN, "", None)


def test_exploited_flaw_is_never_shown_below_high() -> None:
    exploited = Exploitation(kev_added="2024-01-01")
    assert choose_severity([_UBUNTU], ["Ubuntu:22.04:LTS"], exploited) == Chosen(Severity.HIGH, EXPLOITED_SOURCE, None)
    assert choose_severity([_NVD], [], exploited) == Chosen(Severity.CRITICAL, "nvd", 9.8)
