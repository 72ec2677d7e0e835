from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pratique.adapters.folder_feed import FolderFeed
from pratique.adapters.folder_objects import FolderObjectStore
from pratique.errors import AdvisoryDatabaseError, FeedError
from pratique.ports.feeds import Fetched
from pratique.services.update_advisories import (
    CURRENT_KEY,
    CurrentAdvisories,
    UpdateAdvisories,
    current_database,
    database_key,
)
from tests.advisory_files import fixed_in, record, write_zip
from tests.fakes.clock import FakeClock

_LODASH = record("GHSA-jf85-cpcp-j695", "npm", "lodash", fixed_in("4.17.12"), aliases=["CVE-2019-10744"])
_LOG4J = record(
    "GHSA-jfh8-c2jp-5v3q",
    "Maven",
    "org.apache.logging.log4j:log4j-core",
    [{"introduced": "2.13.0"}, {"fixed": "2.15.0"}],
    aliases=["CVE-2021-44228"],
)


class _FailingFeed:
    """A Feed whose every host is down."""

    def fetch(self, location: str, into: Path, etag: str = "") -> Fetched | None:
        raise FeedError("down", path=location, retryable=True)


class _World:
    """A mirror, an object store and a clock."""

    def __init__(self, folder: Path) -> None:
        self.mirror = folder / "mirror"
        self.mirror.mkdir()
        self.objects = FolderObjectStore(folder / "objects")
        self.clock = FakeClock()
        self.cache = folder / "cache"
        self.update = UpdateAdvisories(
            self.objects, FolderFeed(self.mirror), self.clock, folder / "work", mirrored=True
        )
        self.publish("npm", _LODASH)
        self.publish("Maven", _LOG4J)

    def publish(self, ecosystem: str, *records: dict[str, object] | bytes) -> None:
        write_zip(self.mirror / "osv" / ecosystem / "all.zip", records)

    @property
    def current(self) -> CurrentAdvisories:
        body = self.objects.get(CURRENT_KEY)
        assert body is not None
        return msgspec.json.decode(body, type=CurrentAdvisories)


@pytest.fixture
def world(tmp_path: Path) -> _World:
    return _World(tmp_path)


def test_first_update_stores_the_database_and_points_at_it(world: _World) -> None:
    outcome = world.update()
    assert outcome.promoted
    assert outcome.previous == ""
    current = world.current
    assert current.revision == outcome.revision.revision
    assert current.key == database_key(current.revision)
    assert current.canary.found == (
        "Maven org.apache.logging.log4j:log4j-core CVE-2021-44228",
        "npm lodash CVE-2019-10744",
    )
    assert {state.name: state.records for state in current.sources if state.records} == {"osv/Maven": 1, "osv/npm": 1}
    database = current_database(world.objects, world.cache)
    assert database.revision.revision == current.revision
    assert not database.revision.starter
    assert ("npm", "lodash") in database.statements([("npm", "lodash")])


def test_current_database_is_the_starter_set_before_the_first_update(world: _World) -> None:
    assert current_database(world.objects, world.cache).revision.starter


def test_current_database_is_loaded_once_and_old_revisions_leave_the_folder(world: _World) -> None:
    world.update()
    first = current_database(world.objects, world.cache)
    written = first.path.stat().st_mtime_ns
    assert current_database(world.objects, world.cache).path.stat().st_mtime_ns == written
    world.publish("npm", _LODASH, record("GHSA-x", "npm", "x", fixed_in("1.0.0")))
    world.update()
    second = current_database(world.objects, world.cache)
    assert second.path != first.path
    assert not first.path.exists()
    assert first.statements([("npm", "lodash")])


def test_update_without_changes_promotes_nothing_and_renews_ages(world: _World) -> None:
    world.update()
    world.clock.move(hours=6)
    outcome = world.update()
    assert (outcome.promoted, outcome.detail) == (False, "nothing changed")
    state = next(state for state in world.current.sources if state.name == "osv/npm")
    assert state.fetched == "2026-11-01T18:00:00Z"
    fetched = {one.name: one.fetched for one in current_database(world.objects, world.cache).revision.sources}
    assert fetched["osv/npm"] == "2026-11-01T18:00:00Z"


def test_lost_known_finding_keeps_the_old_database(world: _World) -> None:
    first = world.update().revision.revision
    world.publish("npm", record("GHSA-x", "npm", "x", fixed_in("1.0.0")))
    outcome = world.update()
    assert not outcome.promoted
    assert outcome.canary.lost == ("npm lodash CVE-2019-10744",)
    assert "lodash" in outcome.detail
    assert world.current.revision == first


def test_feed_that_fails_later_keeps_the_data_and_shows_as_stale(world: _World, tmp_path: Path) -> None:
    first = world.update().revision.revision
    world.clock.move(days=3)
    outcome = UpdateAdvisories(world.objects, _FailingFeed(), world.clock, tmp_path / "work")()
    assert not outcome.promoted
    assert world.current.revision == first
    state = next(state for state in world.current.sources if state.name == "osv/npm")
    assert state.stale
    assert state.problem.startswith("down")
    assert state.fetched == "2026-11-01T12:00:00Z"


def test_nothing_fetched_and_nothing_there_raises(world: _World, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="down"):
        UpdateAdvisories(world.objects, _FailingFeed(), world.clock, tmp_path / "work")()
    assert world.objects.get(CURRENT_KEY) is None


@pytest.mark.parametrize("damage", ["absent", "cut", "other", "pointer"])
def test_damaged_store_raises_and_is_never_taken_for_clean(world: _World, damage: str) -> None:
    world.update()
    key = world.current.key
    body = world.objects.get(key)
    assert body is not None
    if damage == "cut":
        world.objects.put(key, body[: len(body) // 2])
    elif damage == "other":
        changed = msgspec.structs.replace(world.current, sha256="0" * 64)
        world.objects.put(CURRENT_KEY, msgspec.json.encode(changed))
    elif damage == "absent":
        changed = msgspec.structs.replace(world.current, key="advisories/gone")
        world.objects.put(CURRENT_KEY, msgspec.json.encode(changed))
    else:
        world.objects.put(CURRENT_KEY, b"{")
    with pytest.raises(AdvisoryDatabaseError):
        current_database(world.objects, world.cache)


def test_half_done_update_is_done_again(world: _World) -> None:
    revision = world.update().revision.revision
    world.objects.put(database_key(revision), b"left behind")
    world.objects.put(CURRENT_KEY, msgspec.json.encode(msgspec.structs.replace(world.current, revision="older")))
    (world.cache).mkdir()
    good = UpdateAdvisories(world.objects, FolderFeed(world.mirror), world.clock, world.cache, mirrored=True)
    with pytest.raises(AdvisoryDatabaseError):
        good()  # the pointer names a database whose checksum does not fit


def test_temporary_files_are_gone_after_an_update(world: _World, tmp_path: Path) -> None:
    world.update()
    assert list((tmp_path / "work").iterdir()) == []
