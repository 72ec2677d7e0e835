from __future__ import annotations

from pratique.model.advisory import Exploitation
from pratique.ports.findings import SeenScore, VulnerabilityFacts
from pratique.services.library_facts import facts_of, joined_facts
from tests.finding_builder import finding


def seen(*scores: tuple[str, float | None]) -> VulnerabilityFacts:
    known: VulnerabilityFacts | None = None
    for day, epss in scores:
        known = joined_facts(known, facts_of(finding("CVE-1", exploitation=Exploitation(epss=epss))), day)
    assert known is not None
    return known


def test_scores_are_kept_when_they_change_and_once_a_day() -> None:
    facts = seen(("2026-03-01", 0.1), ("2026-03-02", 0.1), ("2026-03-03", 0.2), ("2026-03-03", 0.3))
    assert facts.epss_seen == (SeenScore("2026-03-01", 0.1), SeenScore("2026-03-03", 0.3))


def test_no_score_leaves_the_trend_as_it_is() -> None:
    assert seen(("2026-03-01", None)).epss_seen == ()
    assert seen(("2026-03-01", 0.1), ("2026-03-02", None)).epss_seen == (SeenScore("2026-03-01", 0.1),)


def test_the_last_thirty_scores_are_kept() -> None:
    facts = seen(*((f"2026-{1 + day // 28:02}-{1 + day % 28:02}", day / 100) for day in range(40)))
    assert [score.epss for score in facts.epss_seen] == [day / 100 for day in range(10, 40)]


def test_same_facts_on_another_day_are_not_written_again() -> None:
    assert seen(("2026-03-01", 0.1)) == seen(("2026-03-01", 0.1), ("2026-03-05", 0.1))
