from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime

import pytest

from pratique.errors import RegistryError
from pratique.model.advisory import Exploitation
from pratique.model.image import Image, ImageId, Platform
from pratique.model.scope import Scope
from pratique.model.settings import Settings
from pratique.ports.registry_lists import Listed
from pratique.services.plan_scan import PlanScan, in_order
from pratique.services.reconcile import Reconcile
from pratique.services.retire_image import RetireImage
from tests.fakes.estate import FakeEstate, fake_estate
from tests.fakes.objects import MemoryObjects
from tests.finding_builder import at, finding, image_id, report

OWN = "111122223333.eu-west-1"


class FakeRegistry:
    """`RegistryLists` and `ImageSources` over dictionaries; ``down`` are repositories that cannot be listed."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], dict[str, Listed]] = {}
        self.hidden: set[str] = set()
        self.down: set[str] = set()

    def put(self, image: ImageId, *tags: str, pushed: datetime | None = None) -> None:
        held = self.held.setdefault((image.instance, image.repository), {})
        held[image.digest] = Listed(image.digest, tags, pushed or at(0))

    def remove(self, image: ImageId) -> None:
        del self.held[image.instance, image.repository][image.digest]

    def repositories(self, instance: str) -> Iterator[str]:
        if instance in self.down:
            raise RegistryError(f"{instance} does not list what it holds", retryable=True)
        return iter([repository for found, repository in self.held if found == instance])

    def images(self, instance: str, repository: str) -> tuple[Listed, ...]:
        if repository in self.down:
            raise RegistryError(f"{repository} cannot be listed", retryable=True)
        held = self.held.get((instance, repository), {})
        return tuple(item for item in held.values() if item.digest not in self.hidden)

    def open(self, instance: str, repository: str) -> FakeSource:
        return FakeSource(self, instance, repository)


@dataclasses.dataclass
class FakeSource:
    registry: FakeRegistry
    instance: str
    repository: str

    def images(self, reference: str, platform: Platform | None = None) -> tuple[Image, ...]:
        if reference not in self.registry.held.get((self.instance, self.repository), {}):
            raise RegistryError("there is no such image")
        return ()

    def open_layer(self, layer: object) -> object:
        raise NotImplementedError


class Bench:
    def __init__(self) -> None:
        self.estate: FakeEstate = fake_estate()
        self.registry = FakeRegistry()
        self.objects = MemoryObjects()
        kept, clock = self.estate.stores, self.estate.clock
        retire = RetireImage(kept.findings, self.registry, clock)  # type: ignore[arg-type] # no layer is opened
        self.reconcile = Reconcile(self.registry, kept.catalog, kept.findings, kept.tags, retire, clock, OWN)
        self.plan = PlanScan(self.reconcile, kept.catalog, kept.findings, self.objects, kept.settings)

    def scan(self, image: ImageId, *cves: str, exploited: bool = False, tags: tuple[str, ...] = ("1",)) -> ImageId:
        self.registry.put(image, *tags)
        known = Exploitation(kev_added="2026-01-01") if exploited else None
        self.estate.scan(image, report([finding(cve, exploitation=known) for cve in cves]), tags=tags)
        return image

    def planned(self, scope: str = "ALL", scan_id: str = "S", *, new_only: bool = False) -> list[str]:
        return [planned.image for planned in self.plan(scan_id, Scope.parse(scope), new_only=new_only).images]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_images_that_were_never_announced_come_first_and_the_newest_of_them(bench: Bench) -> None:
    known = bench.scan(image_id("known"))
    older, newer = image_id("older", "team/other"), image_id("newer")
    bench.registry.put(older, "1", pushed=at(1))
    bench.registry.put(newer, "2", pushed=at(2))
    assert bench.planned() == [str(newer), str(older), str(known)]
    assert bench.planned(scan_id="new", new_only=True) == [str(newer), str(older)]


def test_known_images_go_by_exploitation_use_and_age(bench: Bench) -> None:
    plain = bench.scan(image_id("plain"), "CVE-1")
    bench.estate.clock.pass_hours(1)
    newer = bench.scan(image_id("newer"), "CVE-1")
    untagged = bench.scan(image_id("untagged"), "CVE-1", tags=())
    exploited = bench.scan(image_id("exploited"), "CVE-2", exploited=True, tags=())
    never = image_id("never")
    bench.registry.put(never)
    bench.estate.stores.findings.begin(never)
    assert bench.planned() == [str(image) for image in (never, exploited, newer, plain, untagged)]
    stored = bench.estate.stores.findings.images([plain, exploited, newer])
    assert [image.id for image in in_order(reversed(stored))] == [exploited, newer, plain]


def test_image_that_left_is_retired_and_one_that_is_only_not_listed_stays(bench: Bench) -> None:
    gone, unlisted, stays = (bench.scan(image_id(name)) for name in ("gone", "unlisted", "stays"))
    bench.registry.remove(gone)
    bench.registry.hidden.add(unlisted.digest)
    assert set(bench.planned()) == {str(unlisted), str(stays)}
    assert bench.estate.stores.findings.image(gone) is None


def test_repository_that_is_gone_takes_its_images_along(bench: Bench) -> None:
    gone = bench.scan(image_id("gone", "team/gone"))
    bench.registry.held.clear()
    assert bench.planned() == []
    assert bench.estate.stores.findings.image(gone) is None


@pytest.mark.parametrize("what", [OWN, "team/shop"])
def test_nothing_is_retired_where_the_registry_cannot_be_listed(bench: Bench, what: str) -> None:
    image = bench.scan(image_id())
    bench.registry.remove(image)
    bench.registry.down.add(what)
    plan = bench.plan("S", Scope.parse("ALL"))
    assert plan.problems
    assert what in plan.problems[0]
    if what != OWN:
        assert [planned.image for planned in plan.images] == [str(image)]


def test_tags_become_what_the_registry_says(bench: Bench) -> None:
    image = bench.scan(image_id(), tags=("1", "latest"))
    bench.registry.put(image, "1", "stable")
    bench.planned()
    assert set(bench.estate.stores.findings.images([image])[0].tags) == {"1", "stable"}


def test_image_that_the_settings_do_not_choose_keeps_its_report_and_is_not_scanned(bench: Bench) -> None:
    left, chosen = bench.scan(image_id("left", "old/app")), bench.scan(image_id("chosen"))
    bench.registry.put(image_id("new", "old/app"), "1")
    bench.estate.stores.settings.put(Settings(exclude=("old/*",)), expected_version=0, by="ann", now=at(0))
    assert bench.planned() == [str(chosen)]
    assert bench.estate.stores.findings.image(left) is not None


def test_plan_is_made_once_and_paged(bench: Bench) -> None:
    images = [bench.scan(image_id(str(number))) for number in range(5)]
    before = bench.planned()
    bench.registry.put(image_id("later"))
    assert bench.planned() == before
    pages = [bench.plan.page("S", first, 2) for first in (0, 2, 4)]
    assert [planned.image for page, _ in pages for planned in page] == before
    assert {total for _, total in pages} == {len(images)}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (f"R#{OWN}/team/shop", {"a", "new"}),
        (f"N#{OWN}/team", {"a", "new", "b"}),
        (f"I#{OWN}", {"a", "new", "b", "c"}),
        ("I#other", set()),
    ],
)
def test_scope_bounds_what_is_planned(bench: Bench, scope: str, expected: set[str]) -> None:
    names = {"a": "team/shop", "b": "team/desk", "c": "base"}
    images = {name: bench.scan(image_id(name, repository)) for name, repository in names.items()}
    images["new"] = image_id("new")
    bench.registry.put(images["new"])
    assert set(bench.planned(scope)) == {str(images[name]) for name in expected}
    one = f"IMG#{images['new']}"
    assert bench.planned(one, scan_id="one") == [str(images["new"])]
