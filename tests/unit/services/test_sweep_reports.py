from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from pratique.errors import StoreError
from pratique.model.image import ImageId
from pratique.ports.layers import AlreadyRead, Claimed, HeldElsewhere
from pratique.ports.scans import ScanRecord, ScanState
from pratique.services.end_lost_scans import EndLostScans
from pratique.services.end_scan import EndScan
from pratique.services.report_key import report_key
from pratique.services.sweep_reports import SweepReports
from tests.fakes.estate import FakeEstate, fake_estate
from tests.fakes.objects import MemoryObjects
from tests.finding_builder import NOON, at, image_id, report, resolved


class Bench:
    def __init__(self) -> None:
        self.estate: FakeEstate = fake_estate()
        self.objects = MemoryObjects()
        kept = self.estate.stores
        self.sweep = SweepReports(self.objects, kept.catalog, kept.layers, self.estate.clock)

    def scan(self, image: ImageId, layers: int) -> None:
        whole = resolved(image, layers)
        self.objects.put(f"images/{image.digest}.json", msgspec.json.encode(whole))
        self.objects.put(f"inventories/{image.digest}.json.zst", b"inventory")
        for layer in whole.layers:
            key = report_key(layer.diff_id, "v1")
            self.objects.put_if_absent(key, b"report")
            self.estate.stores.layers.finish(layer.diff_id, "v1", "worker", key)
        self.estate.scan(image, report(), layers=layers)

    def retire(self, image: ImageId) -> None:
        self.estate.stores.findings.retire(image, self.estate.clock.now())

    def days(self, number: float) -> None:
        self.estate.clock.pass_hours(24 * number)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_layers_that_no_known_image_has_go_after_the_grace_period(bench: Bench) -> None:
    stays, goes = image_id("stays"), image_id("goes")
    bench.scan(stays, 2)
    bench.scan(goes, 4)
    bench.retire(goes)
    before = dict(bench.objects.kept)
    for _ in range(7):
        assert bench.sweep().layers == 0
        bench.days(1)
    assert bench.objects.kept.keys() >= before.keys()
    swept = bench.sweep()
    assert (swept.layers, swept.images, swept.waiting) == (2, 1, 0)
    left = resolved(stays, 2)
    assert {key for key in bench.objects.kept if not key.startswith("sweeps/")} == {
        f"images/{stays.digest}.json",
        f"inventories/{stays.digest}.json.zst",
        *(report_key(layer.diff_id, "v1") for layer in left.layers),
    }
    gone = resolved(goes, 4).layers[3].diff_id
    claims = bench.estate.stores.layers
    assert isinstance(claims.claim(gone, "v1", "worker", at(999), 60), Claimed)
    assert isinstance(claims.claim(left.layers[0].diff_id, "v1", "worker", at(999), 60), AlreadyRead)


def test_image_that_comes_back_begins_a_new_grace_period(bench: Bench) -> None:
    image = image_id()
    bench.scan(image, 2)
    bench.retire(image)
    bench.sweep()
    bench.days(6)
    bench.scan(image, 2)
    bench.sweep()
    bench.retire(image)
    bench.days(2)
    assert bench.sweep().layers == 0
    bench.days(7)
    assert bench.sweep().layers == 2


def test_layer_that_is_being_read_again_is_left_alone(bench: Bench) -> None:
    image = image_id()
    bench.scan(image, 1)
    (layer,) = resolved(image, 1).layers
    bench.retire(image)
    bench.sweep()
    bench.days(8)
    leases = bench.estate.stores.layers
    assert leases.begin_removal(layer.diff_id, "v1", bench.estate.clock.now())
    held = leases.claim(layer.diff_id, "v1", "worker", bench.estate.clock.now(), 900)
    assert isinstance(held, HeldElsewhere)
    late = bench.estate.clock.now() + timedelta(minutes=11)
    assert isinstance(leases.claim(layer.diff_id, "v1", "worker", late, 900), Claimed)
    bench.sweep()
    assert report_key(layer.diff_id, "v1") in bench.objects.kept


def test_nothing_is_removed_where_the_store_is_not_read_whole(bench: Bench) -> None:
    image = image_id()
    bench.scan(image, 2)
    bench.sweep()
    bench.days(30)
    bench.objects.failures = 1
    with pytest.raises(StoreError):
        bench.sweep()
    assert report_key(resolved(image).layers[0].diff_id, "v1") in bench.objects.kept


def test_scans_that_nothing_works_on_end_and_others_go_on() -> None:
    estate = fake_estate()
    kept = estate.stores
    for name, hours in (("lost", -80.0), ("long", -70.0), ("new", -1.0)):
        kept.scans.start(ScanRecord(name, "push", "ALL", ScanState.RUNNING, at(hours), None, 1, 0, 0, 0))
    end = EndScan(kept.scans, kept.events, estate.clock)
    assert EndLostScans(kept.scans, end, estate.clock)() == 1
    states = {name: kept.scans.get(name) for name in ("lost", "long", "new")}
    assert {name: record and record.state for name, record in states.items()} == {
        "lost": ScanState.FAILED, "long": ScanState.RUNNING, "new": ScanState.RUNNING,
    }  # fmt: skip
    assert states["lost"]
    assert states["lost"].ended == NOON
