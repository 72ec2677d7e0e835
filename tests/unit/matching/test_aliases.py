from __future__ import annotations

from pratique.matching.aliases import join_flaws
from pratique.model.advisory import Advisory


def test_advisories_of_one_cve_are_one_flaw_with_every_id() -> None:
    (flaw,) = join_flaws(
        [
            Advisory("PYSEC-1", "s", aliases=("CVE-1", "GHSA-1")),
            Advisory("GHSA-1", "s", aliases=("CVE-1",)),
            Advisory("UBUNTU-CVE-1", "s", upstream=("CVE-1",)),
        ]
    )
    assert flaw.id == "CVE-1"
    assert flaw.aliases == ("GHSA-1", "PYSEC-1", "UBUNTU-CVE-1")
    assert flaw.advisories == ("GHSA-1", "PYSEC-1", "UBUNTU-CVE-1")


def test_advisory_about_several_cves_is_several_flaws() -> None:
    flaws = join_flaws([Advisory("DSA-1-1", "s", upstream=("CVE-1", "CVE-2"))])
    assert [(flaw.id, flaw.aliases) for flaw in flaws] == [("CVE-1", ("DSA-1-1",)), ("CVE-2", ("DSA-1-1",))]


def test_advisory_without_a_cve_joins_through_a_shared_id() -> None:
    (flaw,) = join_flaws([Advisory("GHSA-1", "s"), Advisory("PYSEC-1", "s", aliases=("GHSA-1", "CVE-1"))])
    assert (flaw.id, flaw.advisories) == ("CVE-1", ("GHSA-1", "PYSEC-1"))


def test_flaws_without_any_cve_join_through_others_and_take_the_best_id() -> None:
    flaws = join_flaws(
        [
            Advisory("PYSEC-1", "s", aliases=("X-1",)),
            Advisory("X-2", "s", aliases=("X-1", "GHSA-7")),
            Advisory("Z-1", "s"),
        ]
    )
    assert [(flaw.id, flaw.advisories) for flaw in flaws] == [("GHSA-7", ("PYSEC-1", "X-2")), ("Z-1", ("Z-1",))]


def test_record_that_is_a_cve_stays_apart_from_cves_it_lists() -> None:
    flaws = join_flaws([Advisory("CVE-1", "s", aliases=("CVE-2",)), Advisory("CVE-2", "s")])
    assert [flaw.id for flaw in flaws] == ["CVE-1", "CVE-2"]


def test_ids_of_an_advisory_with_several_cves_are_all_shown() -> None:
    """No other advisory says which of the two CVEs a GHSA stands for, so it stands with both."""
    flaws = join_flaws(
        [
            Advisory("GO-1", "s", aliases=("CVE-1", "CVE-2", "GHSA-1", "GHSA-2")),
            Advisory("PYSEC-2", "s", aliases=("CVE-2", "GHSA-2")),
        ]
    )
    assert [(flaw.id, flaw.aliases) for flaw in flaws] == [
        ("CVE-1", ("GHSA-1", "GO-1")),
        ("CVE-2", ("GHSA-1", "GHSA-2", "GO-1", "PYSEC-2")),
    ]
