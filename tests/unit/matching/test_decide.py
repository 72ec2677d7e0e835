from __future__ import annotations

import pytest

from pratique.matching.candidates import LookUp, look_ups
from pratique.matching.decide import decide
from pratique.model.advisory import FixState, Interval, Statement
from pratique.model.finding import Affected, NotAffected, Undetermined
from pratique.model.package import PackageType
from tests.advisory_files import installed


def _ask(version: str, *, kind: PackageType = PackageType.PYPI, ecosystem: str = "PyPI", module: str = "") -> LookUp:
    (question,) = look_ups(installed(kind, "p", version, ecosystem, module=module), [ecosystem])
    return question


def _statement(*intervals: Interval, ecosystem: str = "PyPI", **more: object) -> Statement:
    state = FixState.FIXED if any(span.fixed for span in intervals) else FixState.NOT_FIXED
    return Statement("X-1", ecosystem, "p", intervals, **{"fix_state": state, **more})  # type: ignore[arg-type]  # fields by name


def test_affected_carries_its_evidence() -> None:
    outcome = decide(_statement(Interval("", "1.9"), Interval("2.0", "2.3")), _ask("2.1"), revision="r1")
    assert isinstance(outcome, Affected)
    assert (outcome.fixed_version, outcome.fix_state) == ("2.3", FixState.FIXED)
    evidence = outcome.evidence
    assert (evidence.scheme, evidence.compared, evidence.range, evidence.revision) == (
        "pep440",
        "2.1",
        ">= 2.0, < 2.3",
        "r1",
    )
    assert (evidence.advisory, evidence.ecosystem, evidence.matched_name) == ("X-1", "PyPI", "p")


@pytest.mark.parametrize("version", ["1.9", "1.10", "2.3", "3"])
def test_versions_outside_every_interval_are_not_affected(version: str) -> None:
    outcome = decide(_statement(Interval("", "1.9"), Interval("2.0", "2.3")), _ask(version), revision="r")
    assert isinstance(outcome, NotAffected)
    assert version in outcome.because


def test_last_affected_is_affected_and_its_fix_is_unknown() -> None:
    outcome = decide(
        _statement(Interval("", "", "1.4"), Interval("2", "2.1"), fix_state=FixState.FIXED), _ask("1.4"), revision="r"
    )
    assert isinstance(outcome, Affected)
    assert (outcome.fixed_version, outcome.fix_state) == ("", FixState.UNKNOWN)


def test_interval_without_end_is_not_fixed() -> None:
    outcome = decide(_statement(Interval()), _ask("1"), revision="r")
    assert isinstance(outcome, Affected)
    assert outcome.fix_state is FixState.NOT_FIXED
    assert outcome.evidence.range == "every version"


def test_listed_version_is_affected_and_fixed_by_the_next_fix() -> None:
    statement = _statement(Interval("", "1.2"), Interval("3.0", "3.5"), Interval("3.6", "3.9"), versions=("2.7",))
    outcome = decide(statement, _ask("2.7"), revision="r")
    assert isinstance(outcome, Affected)
    assert outcome.evidence.range == "listed: 2.7"
    assert outcome.fixed_version == "3.5"


def test_version_that_cannot_be_placed_is_undetermined() -> None:
    outcome = decide(_statement(Interval("", "1.9")), _ask("not a version!"), revision="r")
    assert isinstance(outcome, Undetermined)
    assert isinstance(decide(_statement(Interval("", "1.9")), _ask(""), revision="r"), Undetermined)


def test_ecosystem_without_an_order_is_undetermined() -> None:
    question = _ask("1", ecosystem="Nowhere")
    assert isinstance(decide(_statement(Interval("", "2"), ecosystem="Nowhere"), question, revision="r"), Undetermined)


def test_epochs_decide_before_versions() -> None:
    question = _ask("1:1.0-1", kind=PackageType.DEB, ecosystem="Debian:11")
    assert isinstance(
        decide(_statement(Interval("", "2.0-1"), ecosystem="Debian:11"), question, revision="r"), NotAffected
    )


@pytest.mark.parametrize(
    ("version", "module", "affected"),
    [
        ("1:18.1.0-1.module_el8+1+a", "nodejs:18:8060:1:x86_64", True),
        ("1:16.1.0-1.module_el8+1+a", "nodejs:16:8060:1:x86_64", False),
        ("1:16.1.0-1.el8", "", False),
    ],
)
def test_module_advisories_are_about_their_stream(version: str, module: str, affected: bool) -> None:
    question = _ask(version, kind=PackageType.RPM, ecosystem="AlmaLinux:8", module=module)
    statement = _statement(Interval("", "1:18.19.0-1.module_el8+9+a"), ecosystem="AlmaLinux:8", module="nodejs:18")
    assert isinstance(decide(statement, question, revision="r"), Affected) is affected


@pytest.mark.parametrize(
    ("name", "version", "outcome"),
    [
        ("nodejs", "1:18.1.0-1.module_el8+1+a", Affected),
        ("nodejs", "1:16.1.0-1.module_el8+1+a", NotAffected),
        ("nodejs-docs", "1:18.1.0-1.module_el8+1+a", Affected),
        ("npm", "1:9.5.0-1.18.1.0.module_el8+1+a", Undetermined),
        ("nodejs", "1:18.20.0-1.module_el8+1+a", NotAffected),
    ],
)
def test_package_whose_stream_is_not_recorded_is_of_that_of_its_version(
    name: str, version: str, outcome: type[Affected | NotAffected | Undetermined]
) -> None:
    package = installed(PackageType.RPM, name, version, "AlmaLinux:8")
    (question,) = look_ups(package, ["AlmaLinux:8"])
    statement = _statement(Interval("", "1:18.19.0-1.module_el8+9+a"), ecosystem="AlmaLinux:8", module="nodejs:18")
    assert isinstance(decide(statement, question, revision="r"), outcome)


@pytest.mark.parametrize(
    ("version", "module", "fixed", "affected"),
    [
        ("5.24.4-1.module_el8+1+a", "perl:5.24:80:1", "4:5.26.3-422.el8", False),
        ("5.26.3-1.el8", "", "5.30.1-452.module_el8+9+a", False),
        ("5.30.1-1.module_el8+1+a", "perl:5.30:80:1", "5.30.1-452.module_el8+9+a", True),
        ("5.30.1-1.module_el8+1+a", "perl:5.30:80:1", "", True),
    ],
)
def test_package_outside_every_module_and_inside_one_are_two(
    version: str, module: str, fixed: str, affected: bool
) -> None:
    """The advisory names no stream here: only its fixed version says that it is about a module."""
    question = _ask(version, kind=PackageType.RPM, ecosystem="AlmaLinux:8", module=module)
    outcome = decide(_statement(Interval("", fixed), ecosystem="AlmaLinux:8"), question, revision="r")
    assert isinstance(outcome, Affected) is affected


@pytest.mark.parametrize(("stream", "affected"), [("idm:DL1", True), ("idm:client", True), ("idm:other", False)])
def test_module_advisory_may_be_about_several_streams(stream: str, affected: bool) -> None:
    question = _ask("1-1.module_el8+1+a", kind=PackageType.RPM, ecosystem="AlmaLinux:8", module=f"{stream}:8060:1")
    statement = _statement(Interval("", "2-1.module_el8+9+a"), ecosystem="AlmaLinux:8", module="idm:DL1 idm:client")
    assert isinstance(decide(statement, question, revision="r"), Affected) is affected
