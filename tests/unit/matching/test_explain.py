from __future__ import annotations

from pathlib import Path

import pytest

from pratique.advisories.database import SqliteDatabase
from pratique.matching.explain import explain
from pratique.model.inventory import ImageInventory
from pratique.model.package import PackageType
from tests.advisory_files import database_of, fixed_in, installed, record


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    return database_of(
        tmp_path,
        record("PYSEC-1", "PyPI", "jinja2", fixed_in("2.11.3"), aliases=["CVE-1"]),
        record("PYSEC-2", "PyPI", "jinja2", fixed_in("3.1.4"), aliases=["CVE-2"]),
        record("PYSEC-3", "PyPI", "jinja2", fixed_in("9"), withdrawn="2024-01-01T00:00:00Z"),
        record("DSA-1-1", "Debian:11", "openssl", fixed_in("1.1.1k-2"), upstream=["CVE-3"]),
    )


_INVENTORY = ImageInventory(
    None,
    (
        installed(PackageType.PYPI, "Jinja2", "3.0", "PyPI", path="a/METADATA"),
        installed(PackageType.DEB, "libssl1.1", "1.1.1k-1", "Debian:11", source=("openssl", "1.1.1k-1")),
        installed(PackageType.DEB, "bash", "5.1", "Debian:11"),
    ),
)


def test_every_candidate_of_a_package_is_explained(database: SqliteDatabase) -> None:
    explanation = explain(_INVENTORY, database, "jinja2")
    assert explanation.packages == ("Jinja2 3.0 (a/METADATA)",)
    assert [(one.advisory, one.outcome) for one in explanation.candidates] == [
        ("PYSEC-1", "not_affected"),
        ("PYSEC-2", "affected"),
        ("PYSEC-3", "dropped"),
    ]
    affected = explanation.candidates[1]
    assert (affected.ids, affected.range, affected.fixed_version) == (("PYSEC-2", "CVE-2"), "< 3.1.4", "3.1.4")
    assert affected.because == "3.0 lies in < 3.1.4 (pep440 order)"
    assert "withdrawn" in explanation.candidates[2].because
    assert explanation.revision == database.revision.revision


def test_id_is_explained_for_every_package_it_may_concern(database: SqliteDatabase) -> None:
    explanation = explain(_INVENTORY, database, "CVE-3")
    assert [(one.package, one.advisory, one.outcome) for one in explanation.candidates] == [
        ("libssl1.1", "DSA-1-1", "affected")
    ]
    assert len(explanation.packages) == 1


def test_source_name_finds_the_binary_packages(database: SqliteDatabase) -> None:
    assert [one.package for one in explain(_INVENTORY, database, "openssl").candidates] == ["libssl1.1"]


def test_package_without_any_advisory_is_named_and_has_no_candidate(database: SqliteDatabase) -> None:
    explanation = explain(_INVENTORY, database, "bash")
    assert explanation.packages == ("bash 5.1 (var/lib/dpkg/status)",)
    assert explanation.candidates == ()


def test_unknown_id_has_no_candidate(database: SqliteDatabase) -> None:
    explanation = explain(_INVENTORY, database, "CVE-404")
    assert (explanation.packages, explanation.candidates) == ((), ())


def test_what_was_chosen_is_told_with_its_reasons(database: SqliteDatabase) -> None:
    (chosen,) = explain(_INVENTORY, database, "jinja2").chosen
    assert (chosen.id, chosen.ids, chosen.fixed_version) == ("CVE-2", ("CVE-2", "PYSEC-2"), "3.1.4")
    assert (chosen.severity, chosen.severity_source, chosen.priority) == ("unknown", "", "medium")
    assert explain(_INVENTORY, database, "CVE-1").chosen == ()


def test_dropped_candidate_keeps_its_range(database: SqliteDatabase) -> None:
    assert explain(_INVENTORY, database, "jinja2").candidates[2].range == "< 9"


def test_what_the_database_could_not_answer_is_told(database: SqliteDatabase) -> None:
    inventory = ImageInventory(None, (installed(PackageType.DEB, "bash", "5.2", "Debian:12"),))
    explanation = explain(inventory, database, "bash")
    assert explanation.candidates == ()
    (sentence,) = explanation.unanswered
    assert "Debian:12" in sentence
    assert "nearest release with data is Debian:11" in sentence
