from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from pratique.cli.decision_files import read_policy, read_suppressions
from pratique.errors import InvalidValue
from pratique.matching.check_policy import check_policy
from pratique.model.advisory import Exploitation
from pratique.model.coverage import Reason, ReasonCode, ScanStatus
from pratique.model.finding import ImageReport
from pratique.model.inventory import ImageInventory
from pratique.model.package import PackageType
from pratique.model.policy import Policy
from pratique.model.sample import Level
from pratique.model.severity import Priority
from tests.advisory_files import installed
from tests.finding_builder import finding, report, sample

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BASH = installed(PackageType.DEB, "bash", "5.2", "Debian:12")
LICENSED = structs.replace(BASH, package=structs.replace(BASH.package, licenses=("AGPL-3.0-only",)))
LISTED = Exploitation(kev_added="2026-01-01")
GAP = Reason(ReasonCode.LAYER_NOT_READ, "lost")


def reasons(policy: Policy, found: ImageReport) -> list[str]:
    verdict = check_policy(policy, found, ImageInventory(None, (LICENSED,)), now=NOW)
    assert verdict.passes is (not verdict.reasons)
    return [reason.partition(":")[0] for reason in verdict.reasons]


@pytest.mark.parametrize(
    ("policy", "found", "fails"),
    [
        (Policy(), report([finding("CVE-1")], [sample("eicar")]), []),
        (Policy(priority=Priority.MEDIUM), report([finding("CVE-1", Priority.HIGH)]), ["priority"]),
        (Policy(priority=Priority.MEDIUM), report([finding("CVE-1", Priority.LOW)]), []),
        (Policy(known_exploited=True), report([finding("CVE-1", exploitation=LISTED)]), ["known_exploited"]),
        (Policy(known_exploited=True), report([finding("CVE-1")]), []),
        (Policy(fix_days=30), report([finding("CVE-1")]), ["fix_days"]),
        (Policy(fix_days=3000), report([finding("CVE-1")]), []),
        (Policy(fix_days=30), report([finding("CVE-1", fixed="")]), []),
        (Policy(samples=Level.WARNING), report((), [sample("eicar")]), ["samples"]),
        (Policy(samples=Level.URGENT), report((), [sample("eicar", Level.NOTICE)]), []),
        (Policy(licenses_not=("AGPL-*",)), report(), ["licenses_not"]),
        (Policy(licenses_not=("GPL-*",)), report(), []),
        (Policy(status=(ScanStatus.COMPLETE,)), report(status=ScanStatus.PARTIAL, reasons=[GAP]), ["status"]),
        (Policy(status=(ScanStatus.COMPLETE,)), report(), []),
        (Policy(advisory_days=7), report(), ["advisory_days"]),
    ],
)
def test_policy_fails_for_each_rule_and_says_which(policy: Policy, found: ImageReport, fails: list[str]) -> None:
    assert reasons(policy, found) == fails


@pytest.mark.parametrize(
    ("advisories", "fails"),
    [
        ({"DSA-1": "2026-02-20T00:00:00Z", "DEBIAN-CVE-1": "2025-01-01T00:00:00Z"}, False),
        ({"DSA-1": "2025-12-20T00:00:00Z", "DEBIAN-CVE-1": "2026-02-20T00:00:00Z"}, True),
        ({"DEBIAN-CVE-1": "2025-01-01T00:00:00Z"}, True),
        ({"DEBIAN-CVE-1": "2026-02-20T00:00:00Z"}, False),
        ({"DSA-1": ""}, True),
        ({"GHSA-1": "2026-01-01", "PYSEC-1": "2026-02-20"}, True),
    ],
)
def test_a_fix_is_as_old_as_the_first_advisory_that_came_with_it(advisories: dict[str, str], fails: bool) -> None:
    """The flaw itself is older than any of them: where no advisory has a date, its own counts."""
    found = finding("CVE-1")
    (item,) = found.packages
    told = tuple(structs.replace(item.evidence[0], advisory=name, published=day) for name, day in advisories.items())
    dated = structs.replace(found, packages=(structs.replace(item, evidence=told),))
    assert bool(reasons(Policy(fix_days=30), report([dated]))) is fails


def test_suppressed_finding_fails_no_policy() -> None:
    found = finding("CVE-1")
    hidden = structs.replace(found, packages=(structs.replace(found.packages[0], suppressed_by="S1"),))
    assert reasons(Policy(priority=Priority.LOW, fix_days=1), report([hidden])) == []


def test_files_are_read_and_what_they_cannot_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    path.write_text('priority = "high"\nknown_exploited = true\nstatus = ["complete", "partial"]\n')
    assert read_policy(path) == Policy(
        priority=Priority.HIGH, known_exploited=True, status=(ScanStatus.COMPLETE, ScanStatus.PARTIAL)
    )
    for text in ('priority = "huge"', "prioritty = 1", "= 1"):
        path.write_text(text)
        with pytest.raises(InvalidValue, match=r"decisions\.toml"):
            read_policy(path)
    head = '[[suppression]]\nvulnerability = "CVE-1"\nreason = "why"\n'
    path.write_text(f"{head}until_fixed = true\n{head}expires = 2020-01-01T00:00:00Z\n")
    (one,) = read_suppressions(path, NOW)
    assert (one.id, one.covers.vulnerability, one.ends.fixed) == ("decisions.toml#1", "CVE-1", True)
    for text in ('[[suppression]]\nreason = "all"', head.replace('"why"', '" "'), f"{head}until = 1"):
        path.write_text(text)
        with pytest.raises(InvalidValue):
            read_suppressions(path, NOW)
