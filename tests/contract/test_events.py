"""What every outbox and every record of images' layers does."""

from __future__ import annotations

from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.model.image import ImageId
from pratique.ports.events import Event, EventKind, event_id
from pratique.ports.lineage import KnownBase
from tests.finding_builder import NOON, at, image_id, report, resolved


def event(name: str) -> Event:
    detail: dict[str, object] = {"scan": {"id": name, "images": 3}, "numbers": [1.5, None, True]}
    return Event(event_id(EventKind.SCAN_FAILED, name), EventKind.SCAN_FAILED, at(1), ("ALL",), detail)


def test_event_is_recorded_once_and_unsent_until_it_is_sent(stores: DynamoStores) -> None:
    one, two = event("one"), event("two")
    assert stores.events.record([one, two], NOON) == 2
    assert stores.events.record([one], at(5)) == 0
    assert stores.events.unsent([two.id, one.id, two.id, "0" * 32]) == (two, one)
    stores.events.sent([one.id], at(2))
    assert stores.events.unsent([one.id, two.id]) == (two,)
    assert stores.events.record([one], at(5)) == 0
    assert stores.events.unsent([one.id]) == ()


def test_event_that_is_gone_cannot_come_back_by_being_sent(stores: DynamoStores) -> None:
    stores.events.sent(["0" * 32], NOON)
    assert stores.events.unsent(["0" * 32]) == ()


def write(stores: DynamoStores, image: ImageId, layers: int) -> None:
    seq = stores.findings.begin(image)
    stores.findings.write(image, resolved(image, layers), report(), seq=seq, tags=(), now=NOON)


def test_base_image_is_the_known_one_with_the_most_layers(stores: DynamoStores) -> None:
    slim, full, app = (image_id(name, f"r/{name}") for name in ("slim", "full", "app"))
    layers = {
        image: [layer.diff_id for layer in resolved(image, count).layers]
        for count, image in enumerate((slim, full, app), 1)
    }
    for count, image in enumerate((slim, full, app), 1):
        write(stores, image, count)
    assert stores.lineage.base(layers[app]) == KnownBase(full, 2)
    assert stores.lineage.base([layers[app][0], layers[app][2]]) == KnownBase(slim, 1)
    assert stores.lineage.base(layers[slim]) is None
    assert stores.lineage.base([]) is None
    assert [stores.lineage.inheriting(found) for found in (layers[slim], layers[full], layers[app], [])] == [2, 1, 0, 0]
    write(stores, app, 3)
    stores.findings.retire(full, NOON)
    assert stores.lineage.base(layers[app]) == KnownBase(slim, 1)
    assert stores.lineage.inheriting(layers[slim]) == 1
