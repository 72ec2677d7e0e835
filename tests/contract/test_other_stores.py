"""What every store of leases, scans, settings and lists of images does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from msgspec import structs

from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.errors import Conflict, InvalidValue, StoreError
from pratique.model.digest import DiffId
from pratique.model.image import ImageId
from pratique.model.processing import ProcessingStatus
from pratique.model.settings import Cycle, Settings
from pratique.model.severity import Priority
from pratique.ports.layers import AlreadyRead, Claimed, HeldElsewhere
from pratique.ports.scans import ScannedImage, ScanRecord, ScanState
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
    assert not stores.scans.start(structs.replace(record("s1"), trigger="schedule"))
    stores.scans.update("s1", state=ScanState.RUNNING, ended=at(1), detail="layer 3")
    expected = structs.replace(record("s1"), state=ScanState.RUNNING, ended=at(1), detail="layer 3")
    assert stores.scans.get("s1") == expected
    stores.scans.update("s1", ended=None)
    assert stores.scans.get("s1") == structs.replace(expected, ended=None)
    stores.scans.update("s1")


def test_scan_ends_once(stores: DynamoStores) -> None:
    stores.scans.start(record("s1"))
    assert stores.scans.end("s1", ScanState.STOPPED, at=at(1), detail="stopped by ann")
    assert not stores.scans.end("s1", ScanState.COMPLETE, at=at(2), detail="")
    assert not stores.scans.end("s404", ScanState.COMPLETE, at=at(2), detail="")
    ended = stores.scans.get("s1")
    assert ended is not None
    assert (ended.state, ended.ended, ended.detail) == (ScanState.STOPPED, at(1), "stopped by ann")
    stores.scans.update("s1", state=ScanState.RUNNING, images=9)  # a worker that had not heard of it
    assert stores.scans.get("s1") == ended


def test_one_scan_of_a_scope_runs_at_a_time(stores: DynamoStores) -> None:
    longest = timedelta(days=3)
    first, second = record("s1"), record("s2", hours=1)
    assert stores.scans.start_alone(first, longest=longest) == first
    assert stores.scans.start_alone(first, longest=longest) == first
    assert stores.scans.start_alone(second, longest=longest) == first
    assert stores.scans.get("s2") is None
    other = structs.replace(record("s3"), scope="R#a/b")
    assert stores.scans.start_alone(other, longest=longest) == other
    stores.scans.end("s1", ScanState.COMPLETE, at=at(2), detail="")
    assert stores.scans.start_alone(second, longest=longest) == second
    late = record("s4", hours=24 * 4)
    assert stores.scans.start_alone(late, longest=longest) == late


def test_images_of_a_scan_are_summed_once_whatever_is_said_twice(stores: DynamoStores) -> None:
    stores.scans.start(structs.replace(record("s1"), images=2, layers=0))
    for _ in range(2):
        stores.scans.add_images("s1", "index", 1, now=NOON)
        for image in ("a", "b"):
            stores.scans.begin_image("s1", image, layers=3, size=300, now=NOON)
        stores.scans.layers_done("s1", "a", {0: 100})
        stores.scans.layers_done("s1", "b", {2: 100})
    ended = ScannedImage("a", ScanState.PARTIAL, layers_done=2, bytes_done=200, added=5, detail="layer 1 was lost")
    assert stores.scans.end_image("s1", ended, now=NOON)
    assert not stores.scans.end_image("s1", structs.replace(ended, state=ScanState.FAILED), now=NOON)
    assert stores.scans.end_image("s1", ScannedImage("never begun", ScanState.FAILED, detail="no manifest"), now=NOON)
    scan = stores.scans.get("s1")
    assert scan is not None
    assert (scan.images, scan.images_done, scan.partial, scan.failed) == (3, 2, 1, 1)
    assert (scan.layers, scan.layers_done, scan.bytes, scan.bytes_done, scan.added) == (6, 2, 600, 200, 5)
    first = stores.scans.images("s1", after="", limit=2)
    assert first == (
        structs.replace(ended, layers=3, bytes=300),
        ScannedImage("b", ScanState.RUNNING, layers=3, layers_done=1, bytes=300, bytes_done=100),
    )
    (rest,) = stores.scans.images("s1", after="b", limit=9)
    assert (rest.image, rest.state, rest.detail) == ("never begun", ScanState.FAILED, "no manifest")


def test_scan_that_is_unknown_is_none_and_cannot_be_changed(stores: DynamoStores) -> None:
    assert stores.scans.get("s404") is None
    with pytest.raises(StoreError, match="no scan"):
        stores.scans.update("s404", detail="x")
    with pytest.raises(StoreError, match="no scan"):
        stores.scans.end_image("s404", ScannedImage("a", ScanState.COMPLETE), now=NOON)
    stores.scans.start(record("s1"))
    with pytest.raises(StoreError, match="no field"):
        stores.scans.update("s1", colour="blue")


def test_tag_belongs_to_the_image_that_was_given_it_last(stores: DynamoStores) -> None:
    old, new = image_id("old"), image_id("new")
    for image in (old, new):
        write(stores, image, report())

    def tags(image: ImageId) -> tuple[str, ...]:
        return stores.findings.images([image])[0].tags

    assert stores.tags.move(old, "latest", at(0))
    assert stores.tags.move(new, "latest", at(1))
    assert not stores.tags.move(old, "latest", at(0))
    assert (tags(old), tags(new)) == ((), ("latest",))
    assert stores.tags.set({old: ["a", "b"], new: ["latest"], image_id("unknown"): ["x"]}) == 1
    stores.tags.remove(old, "a")
    stores.tags.remove(image_id("unknown"), "a")
    assert tags(old) == ("b",)


def test_spending_adds_up_by_day(stores: DynamoStores) -> None:
    assert stores.spending.of("2026-03-01") == 0
    for amount in (5, 7):
        stores.spending.add("2026-03-01", amount)
    assert (stores.spending.of("2026-03-01"), stores.spending.of("2026-03-02")) == (12, 0)


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
