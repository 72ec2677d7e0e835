"""What the library keeps of the vulnerabilities and samples in a report: pure rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import structs

from pratique.model.advisory import FixState
from pratique.model.finding import ImageReport, VulnerabilityFinding
from pratique.model.sample import ImageSample
from pratique.ports.findings import SeenScore, VulnerabilityFacts
from pratique.ports.queries import SampleFacts, VulnerabilityName

_TITLE_CHARACTERS = 160
_PACKAGES_NAMED = 12
_SCORES_KEPT = 30


def facts_of(finding: VulnerabilityFinding) -> VulnerabilityFacts:
    """Return the facts of a vulnerability as this finding shows them."""
    flaw = finding.vulnerability
    return VulnerabilityFacts(
        id=flaw.id,
        aliases=flaw.aliases,
        category=finding.category,
        title=flaw.title,
        description=flaw.description,
        severity=flaw.severity,
        severity_source=flaw.severity_source,
        ratings=flaw.ratings,
        exploitation=flaw.exploitation,
        fix_available=any(package.fix_state is FixState.FIXED for package in finding.packages),
        references=flaw.references,
        weaknesses=flaw.weaknesses,
        published=flaw.published,
        modified=flaw.modified,
    )


def packages_of(finding: VulnerabilityFinding) -> frozenset[str]:
    """Return the names of the packages, and of their sources, that a vulnerability was found in."""
    packages = [package.installed.package for package in finding.packages]
    return frozenset(name for package in packages for name in (package.name, package.source_name) if name)


def joined_facts(known: VulnerabilityFacts | None, seen: VulnerabilityFacts, day: str) -> VulnerabilityFacts:
    """Return what is kept when ``seen`` follows, on a day (ISO date), what is ``known``.

    The category stays the first one, and a fix that some distribution has stays known, so that two images that
    take turns do not write the facts again and again.  EPSS scores are added to those seen before.
    """
    scores = _scores(known.epss_seen if known else (), seen.exploitation.epss, day)
    if known is None:
        return structs.replace(seen, epss_seen=scores)
    fixable = known.fix_available or seen.fix_available
    return structs.replace(seen, category=known.category, fix_available=fixable, epss_seen=scores)


def _scores(known: tuple[SeenScore, ...], epss: float | None, day: str) -> tuple[SeenScore, ...]:
    """Add a score that is another one than the last; of one day the last one stays, so a day has one entry at most."""
    if epss is None or (known and known[-1].epss == epss):
        return known
    return (*(score for score in known if score.day != day), SeenScore(day, epss))[-_SCORES_KEPT:]


def name_of(facts: VulnerabilityFacts, packages: Iterable[str], known: VulnerabilityName | None) -> VulnerabilityName:
    """Return the entry that filters read; packages that it named before stay named."""
    named = (*(known.packages if known else ()), *sorted(packages))
    return VulnerabilityName(
        id=facts.id,
        aliases=facts.aliases,
        title=facts.title[:_TITLE_CHARACTERS],
        category=facts.category,
        severity=facts.severity,
        epss=facts.exploitation.epss,
        known_exploited=facts.exploitation.known_exploited,
        fix_available=facts.fix_available,
        packages=tuple(dict.fromkeys(named))[:_PACKAGES_NAMED],
    )


def by_id(report: ImageReport) -> Mapping[str, tuple[VulnerabilityFacts, frozenset[str]]]:
    """Return facts and package names of a report's vulnerabilities; those in both categories are joined."""
    found: dict[str, tuple[VulnerabilityFacts, frozenset[str]]] = {}
    for finding in report.vulnerabilities:
        facts, packages = facts_of(finding), packages_of(finding)
        if facts.id in found:
            known, others = found[facts.id]
            facts = structs.replace(
                facts, category=known.category, fix_available=known.fix_available or facts.fix_available
            )
            packages = packages | others
        found[facts.id] = (facts, packages)
    return found


def joined_sample(known: SampleFacts | None, seen: ImageSample) -> SampleFacts:
    """Return what is kept of a sample; what people decided about it stays."""
    fired = {*(known.fired if known else ()), *(match.key for match in seen.rules)}
    facts = SampleFacts(
        seen.sha256, seen.name, seen.level, seen.size, seen.rules, purl=seen.purl, fired=tuple(sorted(fired))
    )
    return facts if known is None else structs.replace(facts, decision=known.decision)
