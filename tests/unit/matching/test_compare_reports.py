from __future__ import annotations

import io

from msgspec import structs
from rich.console import Console

from pratique.matching.compare_reports import compare_reports
from pratique.model.comparison import Comparison
from pratique.model.finding import VulnerabilityFinding
from pratique.reports.comparison import print_comparison
from tests.finding_builder import finding, image_id, resolved

IMAGE = resolved(image_id())


def compared(before: list[VulnerabilityFinding], after: list[VulnerabilityFinding]) -> Comparison:
    return compare_reports((IMAGE, before), (IMAGE, after))


def test_findings_are_added_fixed_or_unchanged_with_their_layer() -> None:
    found = compared(
        [finding("CVE-1"), finding("CVE-2", layer=1)], [finding("CVE-2", layer=1, version="3.0.12-1"), finding("CVE-3")]
    )
    assert [(one.id, one.layer) for one in found.added] == [("CVE-3", 0)]
    assert [(one.id, one.layer) for one in found.fixed] == [("CVE-1", 0)]
    assert [(one.id, one.version, one.instruction) for one in found.unchanged] == [("CVE-2", "3.0.12-1", "RUN step 1")]


def test_one_flaw_in_two_packages_is_compared_for_each() -> None:
    found = compared([finding("CVE-1", package="curl")], [finding("CVE-1", package="libcurl4")])
    assert [one.package for one in found.added + found.fixed] == ["libcurl4", "curl"]


def test_suppressed_finding_is_no_difference() -> None:
    one = finding("CVE-1")
    hidden = structs.replace(one, packages=(structs.replace(one.packages[0], suppressed_by="S1"),))
    assert compared([], [hidden]) == compared([one], [hidden]) == compared([hidden], [one]) == Comparison((), (), ())


def test_comparison_is_printed_layer_by_layer_and_obeys_no_control_sequence() -> None:
    text = io.StringIO()
    found = compared([], [finding("CVE-1", package="a\x1b[31m", layer=1)])
    print_comparison(Console(file=text, width=160), found)
    assert "Added, layer 1 (RUN step 1)" in text.getvalue()
    assert "1 added, 0 fixed, 0 unchanged" in text.getvalue()
    assert "\x1b" not in text.getvalue()
