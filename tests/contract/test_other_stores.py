"""What every store of leases, scans, settings and lists of images does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.errors import Conflict, InvalidValue, StoreError
from pratique.model.digest import DiffId
from pratique.model.image import ImageId
from pratique.model.processing import ProcessingStatus
from pratique.model.settings import Cycle, Settings
from pratique.model.severity import Priority
from pratique.ports.layers import AlreadyRead, Claimed, HeldElsewhere
from pratique.ports.scans import ScanRecord, ScanState
from tests.contract.test_finding_store import write
from tests.finding_builder import NOON, at, digest_of, finding, image_id, report, sample

DIFF_ID = DiffId(digest_of("layer"))


def test_claim_is_held_by_one_owner_until_it_expires(stores: DynamoStores) -> None:
    until = NOON + timedelta(seconds=60)
    assert stores.layers.claim(DIFF_ID, "v1", "ann", NOON, 60) == Claimed(until)
    assert stores.layers.claim(DIFF_ID, "v1", "bob", NOON, 60) == HeldElsewhere(until)
    assert stores.layers.claim(DIFF_ID, "v2", "bob", NOON, 60) == Claimed(until)
    assert stores.layers.claim(DIFF_ID, "v1", "ann", NOON, 90) == Claimed(NOON + timedelta(seconds=90))
    late = NOON + timedelta(seconds=90)
    assert isinstance(stores.layers.claim(DIFF_ID, "v1", "bob", late, 60), Claimed)


def test_finish_ends_every_later_claim(stores: DynamoStores) -> None:
    stores.layers.claim(DIFF_ID, "v1", "ann", NOON, 60)
    stores.layers.finish(DIFF_ID, "v1", "ann", "layers/report")
    for owner in ("ann", "bob"):
        assert stores.layers.claim(DIFF_ID, "v1", owner, at(9), 60) == AlreadyRead("layers/report")


def test_release_gives_the_lease_back_and_leaves_others_alone(stores: DynamoStores) -> None:
    stores.layers.release(DIFF_ID, "v1", "bob", "never held")
    stores.layers.claim(DIFF_ID, "v1", "ann", NOON, 60)
    stores.layers.release(DIFF_ID, "v1", "bob", "not mine")
    assert isinstance(stores.layers.claim(DIFF_ID, "v1", "bob", NOON, 60), HeldElsewhere)
    stores.layers.release(DIFF_ID, "v1", "ann", "the registry cut the stream")
    assert isinstance(stores.layers.claim(DIFF_ID, "v1", "bob", NOON, 60), Claimed)


def record(name: str, hours: float = 0) -> ScanRecord:
    return ScanRecord(name, "push", "ALL", ScanState.QUEUED, at(hours), None, 3, 0, 7, 0)


def test_scan_is_stored_once_and_updated(stores: DynamoStores) -> None:
    assert stores.scans.start(record("s1"))
    assert not stores.scans.start(dataclasses.replace(record("s1"), trigger="schedule"))
    stores.scans.update("s1", state=ScanState.RUNNING, ended=at(1), detail="layer 3")
    stores.scans.add_done("s1", images=1, layers=4)
    stores.scans.add_done("s1", layers=1)
    expected = dataclasses.replace(
        record("s1"), state=ScanState.RUNNING, ended=at(1), detail="layer 3", images_done=1, layers_done=5
    )
    assert stores.scans.get("s1") == expected
    stores.scans.update("s1", ended=None)
    assert stores.scans.get("s1") == dataclasses.replace(expected, ended=None)
    stores.scans.update("s1")


def test_scan_that_is_unknown_is_none_and_cannot_be_changed(stores: DynamoStores) -> None:
    assert stores.scans.get("s404") is None
    with pytest.raises(StoreError, match="no scan"):
        stores.scans.update("s404", detail="x")
    with pytest.raises(StoreError, match="no scan"):
        stores.scans.add_done("s404", images=1)
    stores.scans.start(record("s1"))
    with pytest.raises(StoreError, match="no field"):
        stores.scans.update("s1", colour="blue")


def test_scans_are_listed_newest_first(stores: DynamoStores) -> None:
    for number in range(5):
        stores.scans.start(record(f"s{number}", hours=-24.0 * 20 * number))
    first = stores.scans.page(after="", limit=3, now=NOON)
    assert [scan.id for scan in first.scans] == ["s0", "s1", "s2"]
    assert first.after is not None
    rest = stores.scans.page(after=first.after, limit=3, now=NOON)
    assert [scan.id for scan in rest.scans] == ["s3", "s4"]
    assert rest.after is None


def test_settings_keep_their_version(stores: DynamoStores) -> None:
    assert stores.settings.get() == (Settings(), 0)
    weekly = Settings(cycle=Cycle.ONE_WEEK, include=("team/*",))
    assert stores.settings.put(weekly, expected_version=0, by="ann", now=NOON) == 1
    assert stores.settings.put(Settings(), expected_version=1, by="bob", now=NOON) == 2
    with pytest.raises(Conflict):
        stores.settings.put(weekly, expected_version=1, by="ann", now=NOON)
    assert stores.settings.get() == (Settings(), 2)


def test_settings_keep_who_changed_what(stores: DynamoStores) -> None:
    assert stores.settings.history(before=0, limit=9) == ()
    for version in range(12):
        settings = Settings(newest_tags=version)
        stores.settings.put(settings, expected_version=version, by=f"user {version}", now=at(version))
    newest = stores.settings.history(before=0, limit=2)
    assert [(change.version, change.by, change.at) for change in newest] == [
        (12, "user 11", at(11)),
        (11, "user 10", at(10)),
    ]
    rest = stores.settings.history(before=newest[-1].version, limit=99)
    assert [change.version for change in rest] == list(range(10, 0, -1))
    assert [change.settings.newest_tags for change in rest] == list(range(9, -1, -1))


def test_schedule_start_is_claimed_once(stores: DynamoStores) -> None:
    assert stores.settings.last_start() is None
    assert stores.settings.claim_start(at(0), previous=None)
    assert not stores.settings.claim_start(at(0), previous=None)
    assert stores.settings.claim_start(at(72), previous=at(0))
    assert not stores.settings.claim_start(at(72), previous=at(0))
    assert stores.settings.last_start() == at(72)


def known(stores: DynamoStores) -> list[ImageId]:
    images = [
        image_id(name, repository, instance)
        for instance in ("a", "a.b")
        for repository in ("team", "team/shop", "team/shop-old", "team-b/shop")
        for name in ("x", "y")
    ]
    for image in images:
        stores.findings.begin(image)
    return sorted(images, key=str)


def test_catalog_yields_images_in_the_order_of_their_ids(stores: DynamoStores) -> None:
    images = known(stores)
    assert list(stores.catalog.images("ALL")) == images
    for index in range(len(images)):
        assert list(stores.catalog.images("ALL", after=str(images[index]))) == images[index + 1 :]


@pytest.mark.parametrize("scope", ["I#a", "I#a.b", "N#a/team", "R#a/team", "R#a.b/team/shop", "N#a/none", "I#none"])
def test_catalog_yields_the_images_of_a_scope(stores: DynamoStores, scope: str) -> None:
    kind, _, value = scope.partition("#")
    parts: Mapping[str, Callable[[ImageId], str]] = {
        "I": lambda image: image.instance,
        "N": lambda image: f"{image.instance}/{image.namespace}",
        "R": lambda image: f"{image.instance}/{image.repository}",
    }
    part = parts[kind]
    expected = [image for image in known(stores) if part(image) == value]
    assert list(stores.catalog.images(scope)) == expected
    if expected:
        assert list(stores.catalog.images(scope, after=str(expected[0]))) == expected[1:]


def test_catalog_knows_one_image_and_refuses_other_texts(stores: DynamoStores) -> None:
    stores.findings.begin(image_id())
    assert list(stores.catalog.images(f"IMG#{image_id()}")) == [image_id()]
    assert list(stores.catalog.images(f"IMG#{image_id('other')}")) == []
    with pytest.raises(InvalidValue):
        list(stores.catalog.images("X#y"))


def test_image_pages_are_of_the_wanted_length(stores: DynamoStores) -> None:
    images = [image for image in known(stores) if image.instance == "a"]
    first = stores.findings.image_page("a", prefix="team/", after="", limit=3)
    assert first.after is not None
    rest = stores.findings.image_page("a", prefix="team/", after=first.after, limit=3)
    assert [*first.images, *rest.images] == [image for image in images if image.namespace == "team"]


def test_affected_images_page_by_rank_and_place(stores: DynamoStores) -> None:
    images = sorted((image_id(str(number), f"team/r{number % 3}") for number in range(7)), key=str)
    for image in images:
        write(stores, image, report({"CVE-1": Priority.HIGH, "CVE-10": Priority.LOW}))
    seen: list[ImageId] = []
    after: str | None = ""
    while after is not None:
        page = stores.findings.affected("V#CVE-1", rank=0, prefix="", after=after, limit=2)
        seen += [image.id for image, _ in page.rows]
        after = page.after
    assert seen == images
    one = stores.findings.affected("V#CVE-1", rank=0, prefix=f"{images[0].instance}/team/r1@", after="", limit=9)
    assert {image.id.repository for image, _ in one.rows} == {"team/r1"}
    assert stores.findings.affected("V#CVE-1", rank=1, prefix="", after="", limit=9).rows == ()


def test_library_keeps_facts_names_and_decisions(stores: DynamoStores) -> None:
    write(stores, image_id("a"), report([finding("CVE-1", fixed="", package="zlib")], [sample("miner")]))
    write(stores, image_id("b"), report([finding("CVE-1", package="zlib-dev")]))
    facts = stores.library.vulnerabilities(["CVE-1", "CVE-404"])
    assert (list(facts), facts["CVE-1"].fix_available) == (["CVE-1"], True)
    assert stores.library.names()["CVE-1"].packages == ("zlib", "zlib-dev")
    decided = stores.library.decide(sample("miner").sha256, ProcessingStatus.HANDLED, by="ann", note="gone", now=NOON)
    assert decided is not None
    assert stores.library.samples()[sample("miner").sha256] == decided
    assert decided.decision.at == NOON
    with pytest.raises(Conflict):
        stores.library.decide(
            decided.sha256, ProcessingStatus.IGNORED, by="bob", note="", now=at(1), expected_version=0
        )
    again = stores.library.decide(decided.sha256, ProcessingStatus.IGNORED, by="bob", note="", now=at(1))
    assert again is not None
    assert stores.library.decisions(decided.sha256, limit=9) == (again.decision, decided.decision)
    assert stores.library.decisions(decided.sha256, limit=1) == (again.decision,)
    assert stores.library.decide("0" * 64, ProcessingStatus.HANDLED, by="ann", note="", now=NOON) is None
