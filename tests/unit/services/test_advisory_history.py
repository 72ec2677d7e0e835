from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.adapters.folder_feed import FolderFeed
from pratique.errors import AdvisoryDatabaseError, InvalidValue
from pratique.services.advisory_history import (
    HISTORY_KEY,
    AdvisoryHistory,
    KeepingRule,
    KeptRevision,
    RevisionNotKept,
    moment_of,
)
from pratique.services.advisory_record import CanaryResult, CurrentAdvisories
from pratique.services.current_advisories import current_database
from pratique.services.update_advisories import UpdateAdvisories
from tests.advisory_files import fixed_in, record, write_zip
from tests.fakes.clock import FakeClock
from tests.fakes.objects import MemoryObjects

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class _World:
    """Three updates, each two days after the one before: the fixed version of a package moves."""

    def __init__(self, folder: Path) -> None:
        self.objects = MemoryObjects()
        self.folder = folder
        clock = FakeClock()
        update = UpdateAdvisories(self.objects, FolderFeed(folder / "mirror"), clock, folder / "work", mirrored=True)
        self.revisions = []
        for version in ("1.0.1", "1.0.2", "1.0.3"):
            write_zip(folder / "mirror/osv/npm/all.zip", [record("GHSA-1", "npm", "p", fixed_in(version))])
            self.revisions.append(update().revision.revision)
            clock.move(days=2)

    def fixed(self, as_of: str) -> str:
        database = AdvisoryHistory(self.objects).open(as_of, self.folder / "past")
        return database.statements([("npm", "p")])["npm", "p"][0].intervals[0].fixed


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> _World:
    return _World(tmp_path_factory.mktemp("history"))


@pytest.mark.parametrize(
    ("as_of", "fixed"),
    [
        ("2026-11-01", "1.0.1"),
        ("2026-11-02", "1.0.1"),
        ("2026-11-03T11:59:59Z", "1.0.1"),
        ("2026-11-03T12:00:00Z", "1.0.2"),
        ("2026-11-03", "1.0.2"),
        ("2027-01-01", "1.0.3"),
    ],
)
def test_database_of_a_time_is_the_one_that_was_current_then(world: _World, as_of: str, fixed: str) -> None:
    assert world.fixed(as_of) == fixed


def test_database_of_a_revision_is_that_one(world: _World) -> None:
    assert [world.fixed(revision) for revision in world.revisions] == ["1.0.1", "1.0.2", "1.0.3"]
    assert current_database(world.objects, world.folder / "now").revision.revision == world.revisions[-1]


@pytest.mark.parametrize("as_of", ["2026-10-31", "0" * 20])
def test_what_is_not_kept_is_a_clear_error(world: _World, as_of: str) -> None:
    with pytest.raises(RevisionNotKept, match=f"no advisory database of {as_of} is kept; the oldest of 3 is") as told:
        world.fixed(as_of)
    assert "2026-11-01" in str(told.value)


@pytest.mark.parametrize("as_of", ["", "yesterday", "2026-13-01", "r1"])
def test_what_is_neither_time_nor_revision_is_refused(world: _World, as_of: str) -> None:
    with pytest.raises(InvalidValue, match="no date, time or revision"):
        world.fixed(as_of)


def test_revision_of_another_schema_is_not_kept_for_this_program(world: _World) -> None:
    objects = MemoryObjects(dict(world.objects.kept))
    kept = [
        msgspec.structs.replace(one, database=msgspec.structs.replace(one.database, schema=1))
        for one in AdvisoryHistory(objects).revisions()
    ]
    objects.put(HISTORY_KEY, msgspec.json.encode(kept))
    with pytest.raises(RevisionNotKept, match="another version"):
        AdvisoryHistory(objects).at("2026-11-01")


def test_damaged_list_is_an_error_and_no_empty_history() -> None:
    with pytest.raises(AdvisoryDatabaseError):
        AdvisoryHistory(MemoryObjects({HISTORY_KEY: b"{"})).at("2026-11-01")
    with pytest.raises(RevisionNotKept, match="none is"):
        AdvisoryHistory(MemoryObjects()).at("2026-11-01")


def test_date_means_its_end_and_a_time_without_zone_is_utc() -> None:
    assert moment_of("2026-11-01") == datetime(2026, 11, 1, 23, 59, 59, 999999, UTC)
    assert moment_of("2026-11-01T12:00:00") == datetime(2026, 11, 1, 12, tzinfo=UTC)


def _current(number: int) -> CurrentAdvisories:
    return CurrentAdvisories(
        f"{number:020x}", f"advisories/{number:020x}/db", "", 0, "", (), CanaryResult(()), schema=0
    )


def test_old_revisions_are_deleted_and_their_time_is_not_answered_by_another(tmp_path: Path) -> None:
    objects = MemoryObjects()
    history = AdvisoryHistory(objects, KeepingRule(days=3, months=0))
    for number in range(10):
        objects.put(_current(number).key, b"")
        history.add(_current(number), _BEGIN + timedelta(days=number))
    assert [one.revision for one in history.revisions()] == [f"{number:020x}" for number in range(5, 10)]
    assert sorted(key for key in objects.keys("advisories/") if key.endswith("/db")) == [
        _current(number).key for number in range(5, 10)
    ]
    with pytest.raises(RevisionNotKept):
        history.at("2026-01-03")


def test_revision_that_comes_back_is_current_again_and_keeps_its_file() -> None:
    objects = MemoryObjects()
    history = AdvisoryHistory(objects)
    for day, number in enumerate((1, 2, 1)):
        objects.put(_current(number).key, b"")
        history.add(_current(number), _BEGIN + timedelta(days=day))
    assert [(one.revision[-1], one.until is None) for one in history.revisions()] == [
        ("1", False), ("2", False), ("1", True),
    ]  # fmt: skip
    assert len([key for key in objects.keys("advisories/") if key.endswith("/db")]) == 2


@given(
    st.lists(st.integers(1, 2000), min_size=1, max_size=80),
    st.integers(0, 20),
    st.integers(0, 12),
)
def test_rule_keeps_the_current_one_everything_recent_and_one_of_each_month(
    hours: list[int], days: int, months: int
) -> None:
    moments = [_BEGIN + timedelta(hours=sum(hours[: place + 1])) for place in range(len(hours))]
    revisions = [
        KeptRevision(moment, _current(number), moments[number + 1] if number + 1 < len(moments) else None)
        for number, moment in enumerate(moments)
    ]
    now = moments[-1]
    kept = KeepingRule(days, months).kept(revisions, now)
    assert revisions[-1] in kept
    recent = now - timedelta(days=days)
    assert all(one in kept for one in revisions if one.since >= recent)
    older = [one for one in kept if one.until is not None and one.until < recent]
    assert len({(one.since.year, one.since.month) for one in older}) == len(older)
    assert len(older) <= months + 2
