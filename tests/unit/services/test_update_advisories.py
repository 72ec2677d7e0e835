from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pratique.adapters.folder_feed import FolderFeed
from pratique.adapters.folder_objects import FolderObjectStore
from pratique.advisories import build
from pratique.advisories.read_source import Counted, read_source
from pratique.advisories.sources import Source
from pratique.advisories.staging import Staging
from pratique.errors import AdvisoryDatabaseError, FeedError
from pratique.ports.feeds import Fetched
from pratique.services.advisory_record import CURRENT_KEY, CurrentAdvisories, database_key
from pratique.services.current_advisories import current_database
from pratique.services.update_advisories import UpdateAdvisories
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


@pytest.mark.parametrize("damage", ["absent", "cut", "schema"])
def test_database_that_cannot_be_used_is_built_anew_and_still_watched(world: _World, damage: str) -> None:
    first = world.update().revision.revision
    if damage == "schema":
        world.objects.put(CURRENT_KEY, msgspec.json.encode(msgspec.structs.replace(world.current, schema=1)))
    else:
        moved = msgspec.structs.replace(
            world.current, key="advisories/gone" if damage == "absent" else "advisories/cut"
        )
        world.objects.put("advisories/cut", b"cut")
        world.objects.put(CURRENT_KEY, msgspec.json.encode(moved))
    world.publish("npm", record("GHSA-x", "npm", "x", fixed_in("1.0.0")))
    assert world.update().canary.lost == ("npm lodash CVE-2019-10744",)
    world.publish("npm", _LODASH, record("GHSA-x", "npm", "x", fixed_in("1.0.0")))
    outcome = world.update()
    assert (outcome.promoted, outcome.previous) == (True, first)
    assert current_database(world.objects, world.cache).revision.revision == outcome.revision.revision


def test_update_whose_sources_are_unchanged_reads_and_stores_no_database(
    world: _World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.update()
    for path in world.mirror.rglob("all.zip"):
        path.touch()  # another validator, the same content
    monkeypatch.setattr(build, "read_source", _never)
    monkeypatch.setattr(FolderObjectStore, "get", _only_current(FolderObjectStore.get))
    monkeypatch.setattr(FolderObjectStore, "put_if_absent", _never)
    outcome = world.update()
    assert (outcome.promoted, outcome.detail) == (False, "nothing changed")
    assert list(outcome.canary.found) == list(world.current.canary.found)


def test_only_the_file_that_changed_is_read(world: _World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.update()
    read: list[str] = []

    def reading(staging: Staging, source: Source, path: Path) -> Counted:
        read.append(source.name)
        return read_source(staging, source, path)

    monkeypatch.setattr(build, "read_source", reading)
    world.publish("npm", _LODASH, record("GHSA-x", "npm", "x", fixed_in("1.0.0")))
    assert world.update().promoted
    assert read == ["osv/npm"]
    database = current_database(world.objects, world.cache)
    assert database.statements([("npm", "x"), ("Maven", "org.apache.logging.log4j:log4j-core")]).keys() == {
        ("npm", "x"),
        ("Maven", "org.apache.logging.log4j:log4j-core"),
    }


def _never(*_: object, **__: object) -> None:
    raise AssertionError("not to be called")


def _only_current(get: Callable[[FolderObjectStore, str], bytes | None]) -> Callable[..., bytes | None]:
    def getting(store: FolderObjectStore, key: str) -> bytes | None:
        assert key == CURRENT_KEY
        return get(store, key)

    return getting


@pytest.mark.parametrize("damage", ["truncated", "malformed", "empty", "a tenth", "down"])
def test_source_that_breaks_keeps_its_last_good_data_with_its_age(
    world: _World, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [record(f"GHSA-{n}", "npm", f"p{n}", fixed_in("1.0.0")) for n in range(60)]
    world.publish("npm", _LODASH, *many)
    world.update()
    world.clock.move(days=2)
    path = world.mirror / "osv" / "npm" / "all.zip"
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[:-300])
    elif damage == "malformed":
        path.write_bytes(b"<html>down for maintenance</html>")
    elif damage == "empty":
        world.publish("npm")
    elif damage == "a tenth":
        world.publish("npm", _LODASH, *many[:5])
    else:
        monkeypatch.setattr(FolderFeed, "fetch", _down(FolderFeed.fetch, "npm"))
    world.publish("Maven", _LOG4J, record("GHSA-m", "Maven", "a:b", fixed_in("1.0.0")))
    assert world.update().promoted
    states = {state.name: state for state in world.current.sources}
    assert (states["osv/npm"].stale, states["osv/npm"].fetched) == (True, "2026-11-01T12:00:00Z")
    assert states["osv/npm"].problem
    assert (states["osv/Maven"].stale, states["osv/Maven"].fetched) == (False, "2026-11-03T12:00:00Z")
    database = current_database(world.objects, world.cache)
    assert len(database.statements([("npm", f"p{n}") for n in range(60)])) == 60
    assert ("Maven", "a:b") in database.statements([("Maven", "a:b")])


def _down(fetch: Callable[..., Fetched | None], name: str) -> Callable[..., Fetched | None]:
    def fetching(feed: FolderFeed, location: str, into: Path, etag: str = "") -> Fetched | None:
        if f"/{name}/" in location:
            raise FeedError("cannot be fetched: ConnectTimeoutError", path=location, retryable=True)
        return fetch(feed, location, into, etag)

    return fetching


def test_records_that_cannot_be_read_are_counted_and_listed_with_the_stored_database(world: _World) -> None:
    world.publish("npm", _LODASH, b"{", b'{"id": 3}')
    assert world.update().promoted
    state = next(state for state in world.current.sources if state.name == "osv/npm")
    assert (state.records, state.refused) == (1, 2)
    listed = current_database(world.objects, world.cache).refused()
    assert [(source, name) for source, name, _ in listed] == [
        ("osv/npm", "broken-1.json"),
        ("osv/npm", "broken-2.json"),
    ]
    world.publish("Maven", _LOG4J, record("GHSA-m", "Maven", "a:b", fixed_in("1.0.0")))
    world.update()
    assert current_database(world.objects, world.cache).refused() == listed


def test_source_that_the_mirror_never_had_is_absent_and_no_failure(world: _World) -> None:
    world.update()
    states = {state.name: state for state in world.current.sources}
    assert (states["osv/PyPI"].absent, states["osv/PyPI"].stale, states["osv/PyPI"].records) == (True, False, 0)
    assert "PyPI" not in current_database(world.objects, world.cache).ecosystems()


def test_source_that_the_mirror_lost_is_stale_too(world: _World) -> None:
    world.update()
    (world.mirror / "osv" / "Maven" / "all.zip").unlink()
    world.update()
    state = next(state for state in world.current.sources if state.name == "osv/Maven")
    assert (state.absent, state.stale, state.records) == (True, True, 1)


def test_temporary_files_are_gone_after_an_update(world: _World, tmp_path: Path) -> None:
    world.update()
    assert list((tmp_path / "work").iterdir()) == []
