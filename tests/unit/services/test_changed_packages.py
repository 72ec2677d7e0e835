from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pratique.advisories.database import SqliteDatabase
from pratique.services.changed_packages import changed_keys
from tests.advisory_files import database_of, fixed_in, record

_P = record("GHSA-1", "npm", "p", fixed_in("1.0.0"), aliases=["CVE-1"])
_Q = record("GHSA-2", "npm", "q", fixed_in("1.0.0"), aliases=["CVE-2"])


def _database(
    folder: Path, name: str, *records: Mapping[str, Any], kev: tuple[str, ...] = ("CVE-9",)
) -> SqliteDatabase:
    (folder / name).mkdir()
    return database_of(folder / name, *records, kev=kev)


def test_same_data_changes_nothing(tmp_path: Path) -> None:
    assert changed_keys(_database(tmp_path, "a", _P, _Q), _database(tmp_path, "b", _Q, _P)) == frozenset()


def test_changed_new_and_gone_statements_are_named(tmp_path: Path) -> None:
    changed = record("GHSA-1", "npm", "p", fixed_in("1.0.1"), aliases=["CVE-1"])
    added = record("GHSA-3", "npm", "r", fixed_in("1.0.0"))
    old, new = _database(tmp_path, "a", _P, _Q), _database(tmp_path, "b", changed, added)
    assert changed_keys(old, new) == {("npm", "p"), ("npm", "q"), ("npm", "r")}


def test_changed_text_of_an_advisory_names_its_packages(tmp_path: Path) -> None:
    withdrawn = {**_P, "withdrawn": "2026-01-01T00:00:00Z"}
    assert changed_keys(_database(tmp_path, "a", _P, _Q), _database(tmp_path, "b", withdrawn, _Q)) == {("npm", "p")}


def test_flaw_that_becomes_known_exploited_names_its_packages(tmp_path: Path) -> None:
    old = _database(tmp_path, "a", _P, _Q)
    assert changed_keys(old, _database(tmp_path, "b", _P, _Q, kev=("CVE-9", "CVE-2"))) == {("npm", "q")}
