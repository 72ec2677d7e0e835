from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from pratique.errors import InvalidValue
from pratique.matching.suppress import Subject, Suppressing
from pratique.model.advisory import Exploitation
from pratique.model.finding import Category, VulnerabilityFinding
from pratique.model.suppression import Covers, Endings, Suppression
from tests.finding_builder import at, digest_of, finding, image_id

IMAGE = image_id()
SUBJECT = Subject(IMAGE.repository, IMAGE.digest)
FOUND = finding("CVE-2026-1", category=Category.APPLICATION, package="Jinja2", version="2.10", fixed="", layer=1)


def hides(found: VulnerabilityFinding, ends: Endings | None = None, **covers: Any) -> bool:
    one = Suppression("S1", Covers(**covers), "why", "ann", "ann", at(0), ends=ends or Endings())
    (left,) = Suppressing([one], SUBJECT)([found])
    assert left.is_quiet == bool(left.packages[0].suppressed_by)
    return left.is_quiet


@pytest.mark.parametrize(
    ("covers", "hidden"),
    [
        ({"vulnerability": "CVE-2026-1"}, True),
        ({"vulnerability": "GHSA-cve-2026-1"}, True),
        ({"vulnerability": "CVE-2026-11"}, False),
        ({"package": "Jinja2"}, True),
        ({"package": "jinja2"}, False),
        ({"package": "Jinja2", "version": "2.10"}, True),
        ({"package": "Jinja2", "version": "2.11"}, False),
        ({"package": "pkg:pypi/jinja2"}, True),
        ({"package": "pkg:pypi/jinja2@2.10"}, True),
        ({"package": "pkg:pypi/jinja2@2.11"}, False),
        ({"package": "pkg:npm/jinja2"}, False),
        ({"package": "pkg:nonsense"}, False),
        ({"path": "usr/lib/python3/**"}, True),
        ({"path": "/usr/**"}, True),
        ({"path": "usr/*"}, False),
        ({"repository": "team/*"}, True),
        ({"repository": "other/*"}, False),
        ({"layer": digest_of("content 1")}, True),
        ({"layer": digest_of("content 0")}, False),
        ({"digest": IMAGE.digest}, True),
        ({"digest": digest_of("other")}, False),
        ({"vulnerability": "CVE-2026-1", "repository": "team/*", "package": "Jinja2"}, True),
        ({"vulnerability": "CVE-2026-1", "repository": "other/*"}, False),
    ],
)
def test_suppression_hides_what_every_field_fits(covers: dict[str, str], hidden: bool) -> None:
    assert hides(FOUND, None, **covers) is hidden


@pytest.mark.parametrize("covers", [{}, {"repository": "*"}, {"path": "**"}, {"version": "1.0", "path": "app/*"}])
def test_suppression_of_everything_is_refused(covers: dict[str, str]) -> None:
    with pytest.raises(InvalidValue):
        Covers(**covers)


def test_copy_elsewhere_is_not_hidden_with_the_path() -> None:
    item = FOUND.packages[0]
    place = structs.replace(item.installed.locations[0], path="opt/Jinja2/METADATA")
    both = structs.replace(item.installed, locations=(*item.installed.locations, place))
    found = structs.replace(FOUND, packages=(structs.replace(item, installed=both),))
    assert not hides(found, path="usr/**")


def test_suppression_ends_by_itself() -> None:
    fixed = finding("CVE-2026-1", fixed="3.0.15-1")
    listed = finding("CVE-2026-1", exploitation=Exploitation(kev_added="2026-01-01", epss=0.4))
    assert not hides(fixed, Endings(fixed=True), vulnerability="CVE-2026-1")
    assert hides(finding("CVE-2026-1", fixed=""), Endings(fixed=True), vulnerability="CVE-2026-1")
    assert not hides(listed, Endings(exploited=True), vulnerability="CVE-2026-1")
    assert hides(fixed, Endings(exploited=True), vulnerability="CVE-2026-1")
    assert not hides(listed, Endings(epss=0.4), vulnerability="CVE-2026-1")
    assert hides(listed, Endings(epss=0.41), vulnerability="CVE-2026-1")
    assert hides(finding("CVE-2026-1", exploitation=Exploitation()), Endings(epss=0.1), vulnerability="CVE-2026-1")


def test_finding_is_quiet_only_where_every_package_is() -> None:
    one, other = finding("CVE-2026-1", package="curl"), finding("CVE-2026-1", package="libcurl4")
    found = structs.replace(one, packages=(*one.packages, *other.packages))
    suppression = Suppression("S1", Covers(package="curl"), "why", "ann", "ann", at(0))
    (left,) = Suppressing([suppression], SUBJECT)([found])
    assert [item.suppressed_by for item in left.packages] == ["S1", ""]
    assert not left.is_quiet
