from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pratique.advisories.database import SqliteDatabase
from pratique.services import changed_packages
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


def test_changed_text_about_a_shared_flaw_names_the_packages_of_the_other_advisories(tmp_path: Path) -> None:
    other = record("PYSEC-1", "PyPI", "r", fixed_in("1.0"), aliases=["CVE-1"])
    retold = {**_P, "summary": "More is known"}
    old, new = _database(tmp_path, "a", _P, _Q, other), _database(tmp_path, "b", retold, _Q, other)
    assert changed_keys(old, new) == {("npm", "p"), ("PyPI", "r")}


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from([b"1", b"2"]))), st.data())
def test_bodies_stand_side_by_side_whatever_each_lacks(pairs: list[tuple[str, bytes]], data: st.DataObject) -> None:
    left = dict(pairs)
    right = dict(data.draw(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from([b"1", b"2"])))))
    found = list(changed_packages._side_by_side(iter(sorted(left.items())), iter(sorted(right.items()))))
    assert found == [(key, left.get(key, b""), right.get(key, b"")) for key in sorted(left | right)]
