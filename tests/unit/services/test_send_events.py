from __future__ import annotations

import pytest

from pratique.errors import StoreError
from pratique.model.image import ImageId
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.ports.events import Event, EventKind
from pratique.services.send_events import SendEvents
from tests.event_schema import problems
from tests.fakes.bus import FakeBus
from tests.fakes.dynamodb import Crash
from tests.fakes.estate import FakeEstate, fake_estate
from tests.finding_builder import finding, image_id, report, sample

BASE = image_id("base", "base/debian")
APP = image_id("app", "team/shop")


class World:
    def __init__(self) -> None:
        self.estate: FakeEstate = fake_estate()
        self.bus = FakeBus()
        stores = self.estate.stores
        self.send = SendEvents(stores.events, stores.findings, stores.lineage, self.bus, self.estate.clock)
        self.delivered = 0

    def deliver(self) -> None:
        """Send what the stream says, twice: every event arrives at least once."""
        stream = self.estate.engine.stream("F")
        records = stream[self.delivered :]
        self.delivered = len(stream)
        self.send(records)
        self.send(records)

    def kinds(self) -> list[tuple[str, str]]:
        return [(event.kind.value, event.about[0]) for event in self.bus.events]

    def last(self) -> Event:
        return self.bus.events[-1]


@pytest.fixture
def world() -> World:
    return World()


def test_change_is_announced_once_however_often_its_record_comes(world: World) -> None:
    world.estate.scan(APP, report({"CVE-1": Priority.HIGH, "CVE-2": Priority.LOW}))
    world.deliver()
    world.deliver()
    assert world.kinds() == [("Findings changed", str(APP))]
    detail = world.last().detail
    assert detail["counts"] == {
        "added": 2, "fixed": 0, "raised": 0, "lowered": 0, "samples_added": 0, "samples_fixed": 0,
    }  # fmt: skip
    assert detail["high_added"] == 1
    assert problems("Findings changed", {"event_id": world.last().id, "schema_version": "1", **detail}) == []


def test_assessment_that_changes_nothing_says_nothing(world: World) -> None:
    for _ in range(3):
        world.estate.scan(APP, report({"CVE-1": Priority.HIGH}))
    world.deliver()
    assert len(world.bus.events) == 1


def test_every_way_of_changing_is_told_apart(world: World) -> None:
    ids = {"CVE-1": Priority.HIGH, "CVE-2": Priority.LOW, "CVE-3": Priority.MEDIUM, "CVE-4": Priority.LOW}
    world.estate.scan(APP, report(ids))
    world.estate.scan(
        APP,
        report({"CVE-2": Priority.HIGH, "CVE-3": Priority.LOW, "CVE-4": Priority.LOW, "CVE-5": Priority.LOW}),
    )
    world.deliver()
    detail = world.last().detail
    named = {kind: [entry["id"] for entry in detail[kind]] for kind in ("added", "fixed", "raised", "lowered")}  # type: ignore[attr-defined]
    assert named == {"added": ["CVE-5"], "fixed": ["CVE-1"], "raised": ["CVE-2"], "lowered": ["CVE-3"]}
    assert problems("Findings changed", {"event_id": world.last().id, "schema_version": "1", **detail}) == []


def test_urgent_sample_has_an_event_of_its_own(world: World) -> None:
    world.estate.scan(APP, report([], [sample("miner"), sample("odd", Level.NOTICE)]))
    world.deliver()
    assert [kind for kind, _ in world.kinds()].count(EventKind.URGENT_SAMPLE_FOUND.value) == 1
    (urgent,) = [event for event in world.bus.events if event.kind is EventKind.URGENT_SAMPLE_FOUND]
    assert problems(urgent.kind.value, {"event_id": urgent.id, "schema_version": "1", **urgent.detail}) == []


def test_finding_of_a_base_image_is_announced_for_the_base_image_alone(world: World) -> None:
    inherited, own = finding("CVE-1", layer=0), finding("CVE-2", layer=1)
    apps = [image_id(f"app {number}") for number in range(3)]
    world.estate.scan(BASE, report([inherited]), layers=1)
    for app in apps:
        world.estate.scan(app, report([inherited, own], [sample("miner", layer=0)]))
    world.deliver()
    assert world.kinds() == [("Findings changed", str(image)) for image in (BASE, *apps)]
    by_image = {event.about[0]: event.detail for event in world.bus.events}
    assert by_image[str(BASE)]["images_inheriting"] == 3
    for app in apps:
        detail = by_image[str(app)]
        assert [entry["id"] for entry in detail["added"]] == ["CVE-2"]  # type: ignore[attr-defined]
        assert (detail["inherited"], detail["inherited_from"]) == (2, str(BASE))


def test_image_with_nothing_of_its_own_says_nothing(world: World) -> None:
    world.estate.scan(BASE, report([finding("CVE-1", layer=0)]), layers=1)
    world.estate.scan(APP, report([finding("CVE-1", layer=0)]))
    world.deliver()
    assert world.kinds() == [("Findings changed", str(BASE))]
    world.estate.stores.findings.retire(BASE, world.estate.clock.now())
    world.estate.scan(APP, report([finding("CVE-1", layer=0), finding("CVE-3", layer=0)]))
    world.deliver()
    assert world.kinds()[-1] == ("Findings changed", str(APP))


def test_what_the_bus_did_not_take_is_sent_when_the_batch_comes_again(world: World) -> None:
    for name in "abc":
        world.estate.scan(image_id(name), report({"CVE-1": Priority.HIGH}))
    world.bus.room = 2
    with pytest.raises(StoreError, match="1 events"):
        world.send(world.estate.engine.stream("F"))
    world.deliver()
    assert len({event.id for event in world.bus.events}) == len(world.bus.events) == 3


@pytest.mark.parametrize("fuse", range(12))
def test_assessment_that_is_killed_anywhere_and_repeated_is_announced_once(world: World, fuse: int) -> None:
    world.estate.engine.fuse = fuse
    try:
        world.estate.scan(APP, report({"CVE-1": Priority.HIGH}))
    except Crash:
        world.estate.engine.fuse = None
        world.estate.scan(APP, report({"CVE-1": Priority.HIGH}))
    world.estate.engine.fuse = None
    world.deliver()
    assert len(world.bus.events) == 1


def test_ids_tell_images_apart(world: World) -> None:
    for image in (APP, ImageId(APP.instance, "team/other", APP.digest)):
        world.estate.scan(image, report({"CVE-1": Priority.HIGH}))
    world.deliver()
    assert len({event.id for event in world.bus.events}) == 2
