from __future__ import annotations

from pathlib import Path

from pratique.advisories.starter import starter_database
from pratique.model.severity import Severity
from pratique.services.canary import watch_canary
from pratique.versions import is_valid, scheme_of


def test_starter_set_holds_a_hundred_flaws_and_says_what_it_is(tmp_path: Path) -> None:
    database = starter_database(tmp_path)
    assert database.revision.starter
    assert database.revision.revision.startswith("starter-")
    assert database.refused() == ()
    assert len(list(database.bodies("advisory"))) >= 100
    assert {
        "Debian:11",
        "Debian:12",
        "Ubuntu:22.04:LTS",
        "Alpine:v3.20",
        "PyPI",
        "npm",
        "Maven",
    } <= database.ecosystems()


def test_starter_set_is_built_once_per_folder(tmp_path: Path) -> None:
    first = starter_database(tmp_path)
    changed = first.path.stat().st_mtime_ns
    assert starter_database(tmp_path).path.stat().st_mtime_ns == changed


def test_starter_records_are_rated_and_their_versions_well_formed(tmp_path: Path) -> None:
    database = starter_database(tmp_path)
    for _, body in database.bodies("advisory"):
        advisory = database.unpack(body)
        assert advisory.ratings, advisory.id
        assert advisory.ratings[0].severity is not Severity.UNKNOWN
        assert advisory.summary
        assert advisory.references
    keys = [(ecosystem, name) for _, ecosystem, name, _ in database.rows()]
    for statements in database.statements(keys).values():
        for statement in statements:
            scheme = scheme_of(statement.ecosystem)
            assert scheme is not None
            versions = [text for span in statement.intervals for text in (span.introduced, span.fixed) if text]
            assert all(is_valid(scheme, version) for version in versions), statement


def test_starter_set_finds_every_canary(tmp_path: Path) -> None:
    assert len(watch_canary(starter_database(tmp_path)).found) == 15
