from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from pratique.advisories.build import Fresh, Kept, build_database
from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.sources import SOURCES, Source, source_named
from pratique.errors import AdvisoryDatabaseError
from pratique.model.advisory import Exploitation, Interval
from tests.advisory_files import MOMENT, fixed_in, osv_source, record, write_zip

_LATER = "2026-11-02T00:00:00Z"


def _records(ecosystem: str, count: int) -> list[dict[str, Any]]:
    return [record(f"X-{ecosystem}-{n}", ecosystem, f"p{n % 10}", fixed_in(f"1.{n}")) for n in range(count)]


def _fresh(folder: Path, ecosystem: str, count: int, name: str = "a.zip") -> Fresh:
    path = write_zip(folder / ecosystem / name, _records(ecosystem, count))
    return Fresh(osv_source(ecosystem), path, MOMENT, '"etag"')


def _built(path: Path, *inputs: Fresh | Kept, previous: SqliteDatabase | None = None) -> SqliteDatabase:
    build_database(path, inputs, built=MOMENT, previous=previous)
    return open_database(path)


def _count(database: SqliteDatabase, ecosystem: str) -> int:
    found = database.statements([(ecosystem, f"p{n}") for n in range(10)])
    return sum(map(len, found.values()))


def test_database_answers_by_ecosystem_and_name(tmp_path: Path) -> None:
    database = _built(tmp_path / "d.sqlite", _fresh(tmp_path, "PyPI", 40), _fresh(tmp_path, "npm", 3))
    assert database.ecosystems() == {"PyPI", "npm"}
    found = database.statements([("PyPI", "p1"), ("npm", "p1"), ("npm", "p9"), ("Maven", "p1")])
    assert sorted(found) == [("PyPI", "p1"), ("npm", "p1")]
    (statement,) = found["npm", "p1"]
    assert statement.advisory == "X-npm-1"
    assert statement.intervals == (Interval("", "1.1"),)
    assert database.advisories(["X-npm-1", "nothing"])["X-npm-1"].source == "osv/npm"


def test_database_keeps_exploitation(tmp_path: Path) -> None:
    kev, epss = source_named("kev"), source_named("epss")
    assert kev is not None
    assert epss is not None
    listed = tmp_path / "kev.json"
    listed.write_text(
        json.dumps({"vulnerabilities": [{"cveID": "CVE-1", "dateAdded": "2024-01-01", "dueDate": "2024-02-01"}]})
    )
    scores = tmp_path / "epss.csv.gz"
    scores.write_bytes(gzip.compress(b"cve,epss,percentile\nCVE-1,0.5,0.9\nCVE-2,0.1,0.2\n"))
    database = _built(tmp_path / "d.sqlite", Fresh(kev, listed, MOMENT), Fresh(epss, scores, MOMENT))
    assert database.exploitation(["CVE-1", "CVE-2", "CVE-3"]) == {
        "CVE-1": Exploitation("2024-01-01", "2024-02-01", 0.5, 0.9),
        "CVE-2": Exploitation(epss=0.1, epss_percentile=0.2),
    }
    kept = _built(tmp_path / "e.sqlite", Kept(kev), Kept(epss, "down"), previous=database)
    assert kept.exploitation(["CVE-1"]) == database.exploitation(["CVE-1"])


def test_mentions_join_own_ids_aliases_and_upstream(tmp_path: Path) -> None:
    items = [
        record("DSA-1-1", "Debian:11", "p", fixed_in("1"), upstream=["CVE-1", "CVE-2"]),
        record("DEBIAN-CVE-1", "Debian:11", "p", fixed_in("1"), aliases=["CVE-1"]),
    ]
    path = write_zip(tmp_path / "a.zip", items)
    database = _built(tmp_path / "d.sqlite", Fresh(osv_source("Debian"), path, MOMENT))
    assert database.mentions(["CVE-1", "DSA-1-1", "CVE-9"]) == {
        "CVE-1": ("DEBIAN-CVE-1", "DSA-1-1"),
        "DSA-1-1": ("DSA-1-1",),
    }


def test_unreadable_records_are_counted_and_listed_and_stop_nothing(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", [*_records("npm", 3), b"{", b'{"id": 1}'])
    database = _built(tmp_path / "d.sqlite", Fresh(osv_source("npm"), path, MOMENT))
    (state,) = database.revision.sources
    assert (state.records, state.refused, state.stale) == (3, 2, False)
    assert [(source, name) for source, name, _ in database.refused()] == [
        ("osv/npm", "broken-3.json"),
        ("osv/npm", "broken-4.json"),
    ]


@pytest.mark.parametrize("damage", ["truncated", "not a zip", "empty", "a tenth", "absent"])
def test_broken_file_keeps_the_last_good_data_and_shows_as_stale(tmp_path: Path, damage: str) -> None:
    last = _built(tmp_path / "d.sqlite", _fresh(tmp_path, "PyPI", 100), _fresh(tmp_path, "npm", 60))
    broken = _fresh(tmp_path, "PyPI", 10 if damage == "a tenth" else 100, "b.zip")
    if damage == "truncated":
        broken.path.write_bytes(broken.path.read_bytes()[:-200])
    elif damage == "not a zip":
        broken.path.write_bytes(b"<html>down</html>")
    elif damage == "empty":
        write_zip(broken.path, [])
    elif damage == "absent":
        broken.path.unlink()
    fresh = structs.replace(_fresh(tmp_path, "npm", 70, "b.zip"), fetched=_LATER)
    database = _built(tmp_path / "e.sqlite", structs.replace(broken, fetched=_LATER), fresh, previous=last)
    states = {state.name: state for state in database.revision.sources}
    assert states["osv/PyPI"].stale
    assert states["osv/PyPI"].problem
    assert states["osv/PyPI"].fetched == MOMENT
    assert states["osv/PyPI"].records == 100
    assert _count(database, "PyPI") == 100
    assert (states["osv/npm"].stale, states["osv/npm"].fetched, _count(database, "npm")) == (False, _LATER, 70)
    assert database.advisories(["X-PyPI-5"]) == last.advisories(["X-PyPI-5"])


def test_source_that_may_shrink_a_little_is_taken(tmp_path: Path) -> None:
    last = _built(tmp_path / "d.sqlite", _fresh(tmp_path, "PyPI", 100))
    database = _built(tmp_path / "e.sqlite", _fresh(tmp_path, "PyPI", 60, "b.zip"), previous=last)
    assert _count(database, "PyPI") == 60


def test_unchanged_source_is_taken_over_and_not_stale(tmp_path: Path) -> None:
    last = _built(tmp_path / "d.sqlite", _fresh(tmp_path, "PyPI", 100))
    database = _built(tmp_path / "e.sqlite", Kept(osv_source("PyPI"), fetched=_LATER), previous=last)
    (state,) = database.revision.sources
    assert (state.stale, state.fetched, state.etag) == (False, _LATER, '"etag"')
    assert database.revision.revision == last.revision.revision


def test_source_that_was_never_fetched_is_stale_and_empty(tmp_path: Path) -> None:
    database = _built(tmp_path / "d.sqlite", Kept(osv_source("PyPI"), "down"))
    (state,) = database.revision.sources
    assert (state.records, state.stale, state.problem) == (0, True, "down")


def test_revision_names_the_content(tmp_path: Path) -> None:
    one = build_database(tmp_path / "a.sqlite", [_fresh(tmp_path, "PyPI", 5)], built=MOMENT)
    same = build_database(tmp_path / "b.sqlite", [_fresh(tmp_path, "PyPI", 5)], built=_LATER)
    other = build_database(tmp_path / "c.sqlite", [_fresh(tmp_path, "PyPI", 6)], built=MOMENT)
    assert one.revision == same.revision != other.revision


def test_open_refuses_what_is_not_a_database(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    (tmp_path / "empty").write_bytes(b"")
    for name in ("missing", "text", "empty"):
        with pytest.raises(AdvisoryDatabaseError):
            open_database(tmp_path / name)


def test_every_source_has_one_name_and_a_place_in_a_mirror() -> None:
    assert len({source.name for source in SOURCES}) == len({source.mirror_path for source in SOURCES}) == len(SOURCES)
    assert all(source.url.startswith("https://") and source.licence for source in SOURCES)
    assert source_named("nothing") is None
    assert isinstance(source_named("osv/npm"), Source)
