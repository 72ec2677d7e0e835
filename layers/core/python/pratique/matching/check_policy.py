"""Whether a scan passes a policy: a pure rule.  Suppressed findings and allowed samples fail nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from pratique.model.finding import ImageReport, VulnerabilityFinding
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
    if policy.fix_days is not None and any(item.fixed_version for item in shown):
        published = _moment(flaw.published)
        if published is None:
            yield f"fix_days: {flaw.id} in {names} has a fix, and since when is not known"
        elif now - published > timedelta(days=policy.fix_days):
            yield f"fix_days: {flaw.id} in {names} has a fix and was published on {published.date()}"


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
