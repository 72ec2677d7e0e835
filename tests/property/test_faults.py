"""Faults that must neither lose nor repeat anything: the deployed handlers on stores that fail to order.

After each, every image that the registry has ends in a terminal state with a reason, the counts equal a recount, no
layer's report is stored half, and nothing is announced twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from pratique.advisories.database import SqliteDatabase
from pratique.errors import RegistryError, StoreError
from pratique.inventory.report_codec import decode
from pratique.model.coverage import ScanStatus
from pratique.model.image import ImageId, Layer
from pratique.model.scope import Scope, ScopeKind
from pratique.ports.scans import ScanRecord, ScanState
from pratique.services.contributions import contribution_of
from pratique.services.receive_push import ImageEvent
from tests.advisory_files import database_of, fixed_in, record
from tests.fakes.dynamodb import Crash
from tests.fakes.world import OWN, World
from tests.finding_builder import digest_of

SITE = "usr/lib/python3/site-packages"


def package(name: str, version: str) -> dict[str, bytes]:
    body = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n".encode()
    return {f"{SITE}/{name}-{version}.dist-info/METADATA": body}


BASE = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n", **package("flaws", "1.0")}
LAYERS = [BASE, package("more", "1.0"), package("fine", "9.0")]
IMAGE = ImageId(OWN, "team/shop", digest_of("image"))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabase:
    records = [record(f"CVE-2026-{name}", "PyPI", name, fixed_in("2.0")) for name in ("flaws", "more")]
    return database_of(tmp_path_factory.mktemp("database"), *records)


@pytest.fixture
def world(database: SqliteDatabase) -> Iterator[World]:
    world = World(lambda: database)
    with world.wired():
        yield world


def check(world: World, *images: ImageId, statuses: set[str] | None = None) -> None:
    """What holds after every fault."""
    world.deliver()
    for image in images:
        stored = world.stores.findings.image(image)
        assert stored is not None
        assert stored.status is not None
        assert stored.status.value in (statuses or {"complete", "partial"})
        if stored.status is not ScanStatus.COMPLETE:
            assert stored.coverage is not None
            assert stored.coverage.reasons
    for record_ in scans(world):
        assert record_.ended is not None, record_
        assert record_.images_done == record_.images
        assert sum(world_states(record_)) == record_.images_done
        if record_.state not in {ScanState.COMPLETE, ScanState.SUPERSEDED}:
            assert record_.detail or record_.images > 1
    for key, body in world.objects.kept.items():
        if key.startswith("layers/"):
            report = decode(body)
            assert key.startswith(f"layers/{report.diff_id}/")
            assert not report.reasons
    assert_counts(world, images)
    repeated = [one for one, count in Counter(event.id for event in world.bus.events).items() if count > 1]
    assert repeated == []


def world_states(scan: ScanRecord) -> tuple[int, ...]:
    return scan.complete, scan.partial, scan.unsupported, scan.failed, scan.superseded, scan.stopped


def scans(world: World) -> tuple[ScanRecord, ...]:
    return world.stores.scans.page(after="", limit=99, now=world.clock.now()).scans


def assert_counts(world: World, images: tuple[ImageId, ...]) -> None:
    held = world.stores.counts.counted(list(images))
    for image in images:
        findings, samples = world.stores.findings.findings(image)
        stored = world.stores.findings.image(image)
        assert stored is not None
        present = contribution_of(
            [*findings, *samples], retired=False, status=stored.status, last_scan=stored.last_scan
        )
        assert held[image].contribution == present


def open_ids(world: World, image: ImageId = IMAGE) -> set[str]:
    return {item.id for item in world.stores.findings.findings(image)[0]}


def test_scan_without_a_fault(world: World) -> None:
    world.push(IMAGE, LAYERS, "1.0")
    world.work()
    check(world, IMAGE)
    assert open_ids(world) == {"CVE-2026-flaws", "CVE-2026-more"}


def test_same_event_ten_times_at_once(world: World) -> None:
    world.push(IMAGE, LAYERS, "1.0", announced=10)
    world.work()
    check(world, IMAGE)
    assert world.calls["scan_image"] == 1
    assert set(world.registry.opened.values()) == {1}


@pytest.mark.parametrize("times", [1, 2, 3, 5])
def test_worker_killed_in_the_middle_of_a_layer(world: World, times: int) -> None:
    left = times

    def dying(layer: Layer, body: bytes) -> bytes:
        nonlocal left
        if layer.index == 1 and left:
            left -= 1
            raise RuntimeError("the worker was killed")
        return body

    world.registry.fault = dying
    world.push(IMAGE, LAYERS, "1.0")
    world.work()
    check(world, IMAGE)
    stored = world.stores.findings.image(IMAGE)
    assert stored is not None
    assert stored.coverage is not None
    lost = times > 2
    assert (stored.coverage.layers_read == 2) is lost
    if lost:  # the lease of the dead worker is the same scan's own, so the next scan needs no waiting
        world.registry.fault = lambda _layer, body: body
        world.start_scan(Scope(ScopeKind.ALL), trigger="request", at=world.clock.now(), seed="again")
        world.work()
        check(world, IMAGE)
    assert open_ids(world) == {"CVE-2026-flaws", "CVE-2026-more"}


@pytest.mark.parametrize(
    "error",
    [
        RegistryError("the registry cannot serve it (HTTP 429)", retryable=True),
        RegistryError("the registry cannot serve it (HTTP 500)", retryable=True),
        RegistryError("the registry broke off after 10 of 20 bytes", retryable=True),
    ],
)
@pytest.mark.parametrize("times", [1, 99])
def test_registry_that_fails_for_now_or_for_ever(world: World, error: RegistryError, times: int) -> None:
    left = times

    def failing(layer: Layer, body: bytes) -> bytes:
        nonlocal left
        if layer.index == 0 and left:
            left -= 1
            raise error
        return body

    world.registry.fault = failing
    world.push(IMAGE, LAYERS, "1.0")
    world.work()
    check(world, IMAGE)
    (scan,) = scans(world)
    assert (scan.state is ScanState.PARTIAL) is (times > 3 or "starter" in scan.detail)
    if times > 3:
        assert error.message in scan.detail
        assert open_ids(world) == {"CVE-2026-more"}


@pytest.mark.parametrize("damage", ["cut", "other", "noise"])
def test_blob_that_is_cut_or_another_is_never_stored(world: World, damage: str) -> None:
    def damaged(layer: Layer, body: bytes) -> bytes:
        if layer.index != 0:
            return body
        return {"cut": body[: len(body) // 2], "other": world.registry.blobs[next(reversed(world.registry.blobs))],
                "noise": b"\x00" * 500}[damage]  # fmt: skip

    world.registry.fault = damaged
    world.push(IMAGE, LAYERS, "1.0")
    world.work()
    check(world, IMAGE)
    stored = world.registry.images_held[IMAGE.instance, IMAGE.repository][IMAGE.digest].layers[0]
    assert not [key for key in world.objects.kept if key.startswith(f"layers/{stored.diff_id}/")]


@pytest.mark.parametrize("failures", [1, 2, 3])
@pytest.mark.parametrize("at", ["scan_image", "analyze_layer", "assess_image"])
def test_bucket_that_is_throttled(world: World, at: str, failures: int) -> None:
    throttled = False

    def throttle(function: str, _payload: Mapping[str, Any]) -> None:
        nonlocal throttled
        if function == at and not throttled:
            throttled = True
            world.objects.failures = failures

    world.on_call = throttle
    world.push(IMAGE, LAYERS, "1.0")
    world.work()
    world.objects.failures = 0
    check(world, IMAGE, statuses={"complete", "partial", "failed"})
    world.start_scan(Scope(ScopeKind.ALL), trigger="request", at=world.clock.now(), seed="again")
    world.work()
    check(world, IMAGE)
    assert open_ids(world) == {"CVE-2026-flaws", "CVE-2026-more"}


@pytest.mark.parametrize("throttled", [1, 3, 6])
def test_table_that_is_throttled(world: World, throttled: int) -> None:
    world.engine.throttled = throttled
    world.push(IMAGE, LAYERS, "1.0")
    world.work()
    check(world, IMAGE)
    assert open_ids(world) == {"CVE-2026-flaws", "CVE-2026-more"}


def test_two_rescans_at_once_are_one(world: World) -> None:
    world.push(IMAGE, LAYERS, "1.0")
    world.work()
    everything = Scope(ScopeKind.ALL)
    ids = {
        world.start_scan(everything, trigger="request", at=world.clock.now(), seed=seed).id for seed in ("one", "two")
    }
    assert len(ids) == 1
    one = Scope.parse(f"R#{OWN}/team/shop")
    world.start_scan(one, trigger="request", at=world.clock.now(), seed="three")
    world.work()
    check(world, IMAGE)
    assert world.calls["rescan"] == 2
    assert set(world.registry.opened.values()) == {1}


def test_image_deleted_while_it_is_scanned(world: World) -> None:
    def delete(function: str, _payload: Mapping[str, Any]) -> None:
        if function == "assess_image" and IMAGE in world.registry.listed:
            world.delete(IMAGE)

    world.on_call = delete
    world.push(IMAGE, LAYERS, "1.0")
    world.work()
    world.deliver()
    world.start_scan(Scope(ScopeKind.ALL), trigger="request", at=world.clock.now(), seed="again")
    world.work()
    check(world)
    assert world.stores.findings.image(IMAGE) is None
    assert list(world.stores.catalog.images("ALL")) == []


def test_image_that_was_deleted_before_its_scan_began_is_failed_with_the_reason(world: World) -> None:
    world.push(IMAGE, LAYERS, "1.0")
    world.registry.remove(IMAGE)
    world.work()
    (scan,) = scans(world)
    assert (scan.state, "no such image" in scan.detail) == (ScanState.FAILED, True)
    world.receive.deleted(ImageEvent(IMAGE, "", world.clock.now()))
    check(world)


def run_killed(world: World, kill: int, *, after: bool) -> bool:
    """Run everything, killed at one checkpoint and started again; return whether there was such a checkpoint."""
    seen = 0

    def checkpoint(_place: str) -> None:
        nonlocal seen
        seen += 1
        if seen == 2 * kill + after + 1:
            raise Crash

    world.on_checkpoint = checkpoint
    try:
        world.work()
    except Crash:
        world.on_checkpoint = lambda _place: None
        world._worked -= 1
        world.clock.move(minutes=20)
        world.work()
        return True
    return False


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kill", range(7))
def test_process_killed_at_any_checkpoint_of_a_push(world: World, kill: int, *, after: bool) -> None:
    world.push(IMAGE, LAYERS, "1.0")
    assert run_killed(world, kill, after=after)
    check(world, IMAGE)
    assert open_ids(world) == {"CVE-2026-flaws", "CVE-2026-more"}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kill", range(14))
def test_process_killed_at_any_checkpoint_of_a_rescan(world: World, kill: int, *, after: bool) -> None:
    images = [IMAGE, ImageId(OWN, "team/desk", digest_of("desk"))]
    for image in images:
        world.push(image, LAYERS, "1.0", announced=0)
    world.start_scan(Scope(ScopeKind.ALL), trigger="request", at=world.clock.now(), seed="rescan")
    assert run_killed(world, kill, after=after)
    check(world, *images)
    (scan,) = scans(world)
    assert (scan.images, scan.images_done, scan.layers_done) == (2, 2, 6)


@pytest.mark.parametrize("fuse", range(26))
def test_worker_killed_at_any_write_of_a_push(world: World, fuse: int) -> None:
    world.push(IMAGE, LAYERS, "1.0")
    world.engine.fuse = fuse
    with pytest.raises(Crash):
        world.work()
    world.engine.fuse = None
    world._worked -= 1
    world.clock.move(minutes=20)
    world.work()
    check(world, IMAGE)
    assert open_ids(world) == {"CVE-2026-flaws", "CVE-2026-more"}


def test_push_whose_scan_could_not_be_started_is_found_by_the_reconciliation(world: World) -> None:
    world.starter.down = True
    with pytest.raises(StoreError):
        world.push(IMAGE, LAYERS, "1.0")
    world.starter.down = False
    world.clock.move(days=1)
    world.tick()
    world.work()
    world.deliver()
    stored = world.stores.findings.image(IMAGE)
    assert stored is not None
    assert stored.status is not None


def test_stopped_scan_leaves_whole_images_and_old_reports(world: World) -> None:
    images = [ImageId(OWN, f"team/{name}", digest_of(name)) for name in "abc"]
    for image in images:
        world.push(image, LAYERS, "1.0", announced=0)
    started = world.start_scan(Scope(ScopeKind.ALL), trigger="request", at=world.clock.now(), seed="1")

    def stop(function: str, _payload: Mapping[str, Any]) -> None:
        if function == "assess_image" and world.calls["assess_image"] == 2:
            world.stop(started.id, by="ann")

    world.on_call = stop
    world.work()
    world.deliver()
    ended = world.stores.scans.get(started.id)
    assert ended is not None
    assert (ended.state, ended.complete + ended.partial, ended.stopped) == (ScanState.STOPPED, 2, 1)
    scanned = [image for image in images if world.stores.findings.image(image)]
    assert len(scanned) == 2
    assert_counts(world, tuple(scanned))
    assert [event.kind.value for event in world.bus.events].count("Scan stopped") == 1
    assert [event.kind.value for event in world.bus.events].count("Scan completed") == 0


def test_layer_beyond_the_accounts_limit_waits_for_its_turn(world: World) -> None:
    left = 20

    def refuse(function: str, _payload: Mapping[str, Any]) -> None:
        nonlocal left
        if function == "analyze_layer" and left:
            left -= 1
            raise RuntimeError("TooManyRequestsException: Rate Exceeded.")

    world.on_call = refuse
    world.push(IMAGE, LAYERS, "1.0")
    world.work()
    check(world, IMAGE)
    assert open_ids(world) == {"CVE-2026-flaws", "CVE-2026-more"}


def test_dead_workers_lease_is_taken_over_when_it_runs_out(world: World) -> None:
    world.push(IMAGE, LAYERS, "1.0")
    layer = world.registry.images_held[IMAGE.instance, IMAGE.repository][IMAGE.digest].layers[0]
    world.stores.layers.claim(layer.diff_id, "v1", "a worker that died", world.clock.now(), 900)
    begun = world.clock.now()
    world.work()
    check(world, IMAGE)
    assert world.clock.now() - begun < timedelta(minutes=40)
    assert open_ids(world) == {"CVE-2026-flaws", "CVE-2026-more"}
