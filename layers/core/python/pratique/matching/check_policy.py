"""Whether a scan passes a policy: a pure rule.  Suppressed findings and allowed samples fail nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from pratique.model.finding import ImageReport, PackageFinding, Vulnerability, VulnerabilityFinding
from pratique.model.inventory import ImageInventory
from pratique.model.policy import Policy, Verdict

_DAY_SECONDS = 86_400


def check_policy(policy: Policy, report: ImageReport, inventory: ImageInventory, *, now: datetime) -> Verdict:
    """Return the verdict on one scan."""
    reasons = [reason for finding in report.open_vulnerabilities for reason in _finding(policy, finding, now)]
    reasons += _samples(policy, report)
    reasons += _licenses(policy, inventory)
    reasons += _coverage(policy, report)
    return Verdict(tuple(dict.fromkeys(reasons)))


def _finding(policy: Policy, finding: VulnerabilityFinding, now: datetime) -> Iterator[str]:
    flaw = finding.vulnerability
    shown = [item for item in finding.packages if not item.suppressed_by]
    names = ", ".join(
        dict.fromkeys(f"{item.installed.package.name} {item.installed.package.version}" for item in shown)
    )
    if policy.priority is not None and finding.priority.rank <= policy.priority.rank:
        yield f"priority: {flaw.id} in {names} is of {finding.priority.value} priority"
    if policy.known_exploited and flaw.exploitation.known_exploited:
        yield f"known_exploited: {flaw.id} in {names} is exploited, CISA says since {flaw.exploitation.kev_added}"
    if policy.fix_days is not None:
        yield from _old_fixes(policy.fix_days, flaw, shown, now)


def _old_fixes(days: int, flaw: Vulnerability, shown: Iterable[PackageFinding], now: datetime) -> Iterator[str]:
    for item in shown:
        if not item.fixed_version:
            continue
        name = f"{item.installed.package.name} {item.installed.package.version}"
        told = _fix_told(item) or _moment(flaw.published)
        if told is None:
            yield f"fix_days: {flaw.id} in {name} has a fix, and since when is not known"
        elif now - told > timedelta(days=days):
            yield f"fix_days: {flaw.id} in {name} has a fix, {item.fixed_version}, told of on {told.date()}"


def _fix_told(item: PackageFinding) -> datetime | None:
    """Return when the fix was first told of.

    No source dates fixes.  What distributions and projects publish under ids of their own comes with the fix; records
    that are named after a CVE have its date, and count where there is nothing else.
    """
    dated = [(one.advisory, told) for one in item.evidence if (told := _moment(one.published))]
    own = [told for advisory, told in dated if "CVE-" not in advisory]
    return min(own or [told for _, told in dated], default=None)


def _samples(policy: Policy, report: ImageReport) -> Iterator[str]:
    for sample in report.samples:
        if policy.samples is not None and not sample.is_quiet and sample.level.rank <= policy.samples.rank:
            yield f"samples: {sample.name} ({sample.sha256}) is of level {sample.level.value}"


def _licenses(policy: Policy, inventory: ImageInventory) -> Iterator[str]:
    for installed in inventory.packages:
        for text in installed.package.licenses:
            if any(fnmatchcase(text, glob) for glob in policy.licenses_not):
                yield f"licenses_not: {installed.package.name} {installed.package.version} is under {text}"


def _coverage(policy: Policy, report: ImageReport) -> Iterator[str]:
    if policy.status and report.status not in policy.status:
        codes = ", ".join(dict.fromkeys(reason.code.value for reason in report.coverage.reasons))
        yield f"status: the scan ended {report.status.value} ({codes})"
    age = report.coverage.advisory_age_seconds
    if policy.advisory_days is not None and (age is None or age > policy.advisory_days * _DAY_SECONDS):
        told = "is not known" if age is None else f"is {age // _DAY_SECONDS} days"
        yield f"advisory_days: the age of the advisories {told}"


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
