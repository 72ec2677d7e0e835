from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pratique.advisories.build import Fresh, Kept, build_database
from pratique.advisories.database import SqliteDatabase, open_database
from pratique.model.advisory import Interval
from pratique.services.changed_packages import changed_keys
from tests.advisory_files import MOMENT, fixed_in, osv_source, record, write_zip

_EVERY = [{"introduced": "0"}]
_FLAW = record("GHSA-1", "npm", "sound", fixed_in("1.0.0"), aliases=["CVE-2024-1"])


def _report(ecosystem: str = "npm", name: str = "evil", **more: Any) -> dict[str, Any]:
    return record("MAL-2024-1", ecosystem, name, _EVERY, summary=f"Malicious code in {name} ({ecosystem})", **more)


def _built(path: Path, *records: dict[str, Any], ecosystem: str = "npm") -> SqliteDatabase:
    feed = write_zip(path.with_suffix(".zip"), records)
    build_database(path, [Fresh(osv_source(ecosystem), feed, MOMENT)], built=MOMENT)
    return open_database(path)


@pytest.mark.parametrize("ecosystem", ["npm", "PyPI", "RubyGems", "NuGet", "crates.io", "Go", "Maven", "Packagist"])
def test_report_is_read_from_every_ecosystems_file_under_the_normalised_name(tmp_path: Path, ecosystem: str) -> None:
    database = _built(tmp_path / "d.sqlite", _report(ecosystem, "Evil_Thing"), ecosystem=ecosystem)
    name = {"PyPI": "evil-thing", "NuGet": "evil_thing", "Packagist": "evil_thing"}.get(ecosystem, "Evil_Thing")
    ((found,),) = database.malicious([(ecosystem, name), (ecosystem, "other")]).values()
    assert (found.statement.advisory, found.statement.name) == ("MAL-2024-1", name)
    assert found.statement.intervals == (Interval(),)
    assert found.report.summary == f"Malicious code in Evil_Thing ({ecosystem})"
    assert found.report.source == f"osv/{ecosystem}"


def test_report_carries_versions_aliases_and_references(tmp_path: Path) -> None:
    item = _report(aliases=["GHSA-9"], references=[{"type": "WEB", "url": "https://example.test/1"}], details="Why")
    item["affected"][0] |= {"versions": ["1.2.3"], "ranges": []}
    ((found,),) = _built(tmp_path / "d.sqlite", item).malicious([("npm", "evil")]).values()
    assert found.statement.versions == ("1.2.3",)
    assert found.statement.intervals == ()
    assert found.report.aliases == ("GHSA-9",)
    assert found.report.references == ("https://example.test/1",)
    assert found.report.details == "Why"


def test_report_is_answered_by_nothing_that_answers_vulnerabilities(tmp_path: Path) -> None:
    database = _built(tmp_path / "d.sqlite", _report(aliases=["CVE-2024-1"]), _FLAW)
    assert database.statements([("npm", "evil")]) == {}
    assert database.advisories(["MAL-2024-1", "GHSA-1"]).keys() == {"GHSA-1"}
    assert database.mentions(["MAL-2024-1", "CVE-2024-1"]) == {"CVE-2024-1": ("GHSA-1",)}
    assert database.malicious([("npm", "sound")]) == {}


def test_ecosystem_with_nothing_but_reports_has_no_advisory_data(tmp_path: Path) -> None:
    assert _built(tmp_path / "d.sqlite", _report()).ecosystems() == frozenset()


def test_withdrawn_report_is_left_out(tmp_path: Path) -> None:
    database = _built(tmp_path / "d.sqlite", _report(withdrawn=MOMENT), _FLAW)
    assert database.malicious([("npm", "evil")]) == {}


def test_reports_of_a_kept_source_are_taken_over(tmp_path: Path) -> None:
    database = _built(tmp_path / "d.sqlite", _report(), _FLAW)
    build_database(tmp_path / "e.sqlite", [Kept(osv_source("npm"), "down")], built=MOMENT, previous=database)
    kept = open_database(tmp_path / "e.sqlite")
    assert kept.malicious([("npm", "evil")]) == database.malicious([("npm", "evil")])
    assert kept.malicious([("npm", "evil")])


def test_new_changed_and_withdrawn_reports_name_their_packages(tmp_path: Path) -> None:
    without = _built(tmp_path / "a.sqlite", _FLAW)
    first = _built(tmp_path / "b.sqlite", _FLAW, _report())
    retold = _built(tmp_path / "c.sqlite", _FLAW, _report(details="More is known"))
    assert changed_keys(without, first) == {("npm", "evil")}
    assert changed_keys(first, retold) == {("npm", "evil")}
    assert changed_keys(first, without) == {("npm", "evil")}
