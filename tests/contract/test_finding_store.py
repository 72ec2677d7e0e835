"""What every `FindingStore` does."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.errors import Superseded
from pratique.model.base_image import NO_BASE, BaseFoundBy, BaseImage, KnownImage, LayerOrigin
from pratique.model.coverage import Reason, ReasonCode, ScanStatus
from pratique.model.finding import Category, ImageReport
from pratique.model.image import ImageId, chain_ids
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.ports.findings import AssessmentChange, FindingState, LevelCounts, PriorityCounts
from tests.finding_builder import at, coverage, finding, image_id, long_reasons, report, resolved, sample


def write(stores: DynamoStores, image: ImageId, found: ImageReport, hours: float = 0) -> AssessmentChange:
    seq = stores.findings.begin(image)
    return stores.findings.write(image, resolved(image), found, seq=seq, tags=("latest",), now=at(hours))


def open_ids(stores: DynamoStores, image: ImageId) -> set[str]:
    return {item.id for item in stores.findings.findings(image)[0] if item.state is FindingState.OPEN}


def test_begin_counts_up_from_one(stores: DynamoStores) -> None:
    assert [stores.findings.begin(image_id()) for _ in range(3)] == [1, 2, 3]
    assert stores.findings.begin(image_id("other")) == 1


def test_begin_lists_an_image_that_was_not_scanned(stores: DynamoStores) -> None:
    stores.findings.begin(image_id())
    stored = stores.findings.image(image_id())
    assert stored is not None
    assert stored.status is None
    assert stored.last_scan is None


def test_image_that_was_never_seen_is_none(stores: DynamoStores) -> None:
    assert stores.findings.image(image_id()) is None
    assert stores.findings.findings(image_id()) == ((), ())


def test_write_makes_the_report_readable_whole(stores: DynamoStores) -> None:
    image = image_id()
    found = report(
        [finding("CVE-1"), finding("CVE-2", Priority.LOW, category=Category.APPLICATION, package="jinja2", layer=1)],
        [sample("eicar")],
    )
    change = write(stores, image, found)
    assert (change.added, change.fixed, len(change.samples_added)) == (
        ("CVE-1", "CVE-2", sample("eicar").sha256),
        (),
        1,
    )
    stored = stores.findings.image(image)
    assert stored is not None
    assert (stored.status, stored.tags, stored.platform, stored.seq) == (
        ScanStatus.COMPLETE, ("latest",), "linux/amd64", 1,
    )  # fmt: skip
    assert (stored.vulnerabilities, stored.samples) == (PriorityCounts(1, 0, 1), LevelCounts(1, 0, 0))
    assert stored.coverage == found.coverage
    assert [layer.created_by for layer in stored.layers] == ["RUN step 0", "RUN step 1"]
    vulnerabilities, samples = stores.findings.findings(image)
    second = next(item for item in vulnerabilities if item.id == "CVE-2")
    assert second.category is Category.APPLICATION
    package = second.packages[0]
    assert (package.name, package.version, package.purl) == ("jinja2", "3.0.11-1", "pkg:pypi/jinja2@3.0.11-1")
    assert (package.layer.index, package.layer.created_by) == (1, "RUN step 1")
    assert samples[0].files[0].path == "tmp/eicar"
    assert samples[0].rules[0].family == "eicar"
    assert samples[0].first_seen == at(0)


def test_write_of_the_same_report_writes_one_item_and_moves_the_last_scan(stores: DynamoStores) -> None:
    image = image_id()
    found = report({f"CVE-{number}": Priority.HIGH for number in range(20)}, [sample("miner")])
    write(stores, image, found)
    change = write(stores, image, found, hours=5)
    assert change == AssessmentChange((), (), (), 1)
    stored = stores.findings.image(image)
    assert stored is not None
    assert (stored.first_scan, stored.last_scan, stored.seq) == (at(0), at(5), 2)
    item = stores.findings.findings(image)[0][0]
    assert (item.first_seen, item.last_seen) == (at(0), at(5))


def test_write_fixes_what_is_gone_and_keeps_when_it_was_last_seen(stores: DynamoStores) -> None:
    image = image_id()
    write(stores, image, report({"CVE-1": Priority.HIGH, "CVE-2": Priority.LOW}))
    change = write(stores, image, report({"CVE-2": Priority.LOW, "CVE-3": Priority.MEDIUM}), hours=1)
    assert (change.added, change.fixed) == (("CVE-3",), ("CVE-1",))
    items = {item.id: item for item in stores.findings.findings(image)[0]}
    assert (items["CVE-1"].state, items["CVE-1"].last_seen) == (FindingState.FIXED, at(0))
    assert (items["CVE-2"].first_seen, items["CVE-3"].first_seen) == (at(0), at(1))
    stored = stores.findings.image(image)
    assert stored is not None
    assert stored.vulnerabilities == PriorityCounts(0, 1, 1)


def test_write_reopens_what_returns_with_its_first_time(stores: DynamoStores) -> None:
    image = image_id()
    for hours, ids in enumerate(({"CVE-1": Priority.HIGH}, {}, {"CVE-1": Priority.HIGH})):
        change = write(stores, image, report(ids), hours)
    assert change.added == ("CVE-1",)
    item = stores.findings.findings(image)[0][0]
    assert (item.state, item.first_seen, item.last_seen) == (FindingState.OPEN, at(0), at(2))


def test_write_of_a_change_too_large_for_a_transaction_replaces_the_report(stores: DynamoStores) -> None:
    image = image_id()
    write(stores, image, report({f"CVE-A{number}": Priority.HIGH for number in range(60)}))
    change = write(stores, image, report({f"CVE-B{number}": Priority.LOW for number in range(60)}), hours=1)
    assert (len(change.added), len(change.fixed)) == (60, 60)
    assert open_ids(stores, image) == {f"CVE-B{number}" for number in range(60)}
    assert len(stores.findings.findings(image)[0]) == 120


def test_one_vulnerability_in_both_categories_is_two_findings_and_counts_once(stores: DynamoStores) -> None:
    image = image_id()
    both = [finding("CVE-1", Priority.LOW), finding("CVE-1", Priority.HIGH, category=Category.APPLICATION)]
    write(stores, image, report(both))
    assert len(stores.findings.findings(image)[0]) == 2
    stored = stores.findings.image(image)
    assert stored is not None
    assert stored.vulnerabilities == PriorityCounts(1, 0, 0)


def test_write_after_a_newer_begin_is_superseded_and_changes_nothing(stores: DynamoStores) -> None:
    image = image_id()
    write(stores, image, report({"CVE-1": Priority.HIGH}))
    old = stores.findings.begin(image)
    stores.findings.begin(image)
    with pytest.raises(Superseded):
        stores.findings.write(image, resolved(image), report({"CVE-2": Priority.LOW}), seq=old, tags=(), now=at(1))
    with pytest.raises(Superseded):
        stores.findings.fail(image, seq=old, coverage=coverage(), tags=(), now=at(1))
    assert open_ids(stores, image) == {"CVE-1"}


def test_fail_keeps_the_last_report_readable(stores: DynamoStores) -> None:
    image = image_id()
    write(stores, image, report({"CVE-1": Priority.HIGH}))
    gap = coverage(Reason(ReasonCode.IMAGE_UNREADABLE, "the registry has no such manifest"))
    stores.findings.fail(image, seq=stores.findings.begin(image), coverage=gap, tags=("v2",), now=at(1))
    stored = stores.findings.image(image)
    assert stored is not None
    assert (stored.status, stored.coverage, stored.tags) == (ScanStatus.FAILED, gap, ("v2", "latest"))
    assert open_ids(stores, image) == {"CVE-1"}
    assert write(stores, image, report({"CVE-1": Priority.HIGH}), 2).writes == 1
    again = stores.findings.image(image)
    assert again is not None
    assert again.status is ScanStatus.COMPLETE


def test_long_coverage_is_kept_whole_and_shrinks_again(stores: DynamoStores) -> None:
    image = image_id()
    for number in (40, 40, 0):
        write(stores, image, report({"CVE-1": Priority.HIGH}, reasons=long_reasons(number)))
        stored = stores.findings.image(image)
        assert stored is not None
        assert stored.coverage == coverage(*long_reasons(number))


def test_retire_takes_the_image_out_of_everything(stores: DynamoStores) -> None:
    image = image_id()
    write(stores, image, report({"CVE-1": Priority.HIGH}, [sample("miner", Level.WARNING)]))
    running = stores.findings.begin(image)
    stores.findings.retire(image, at(1))
    stores.findings.retire(image, at(2))
    stores.findings.retire(image_id("unknown"), at(2))
    assert stores.findings.image(image) is None
    assert stores.findings.findings(image) == ((), ())
    assert list(stores.catalog.images("ALL")) == []
    assert stores.findings.affected("V#CVE-1", rank=0, prefix="", after="", limit=10).rows == ()
    assert stores.findings.holders(image.digest) == ()
    with pytest.raises(Superseded):
        stores.findings.write(image, resolved(image), report(), seq=running, tags=(), now=at(3))


def test_image_that_comes_back_after_retirement_is_new(stores: DynamoStores) -> None:
    image = image_id()
    write(stores, image, report({"CVE-1": Priority.HIGH}))
    stores.findings.retire(image, at(1))
    write(stores, image, report({"CVE-1": Priority.HIGH}), 2)
    assert open_ids(stores, image) == {"CVE-1"}
    assert list(stores.catalog.images("ALL")) == [image]
    assert stores.findings.holders(image.digest) == (image,)


def test_tags_are_added_to_those_known(stores: DynamoStores) -> None:
    image = image_id()
    for tags in (("v1", "latest"), (), ("v2",)):
        seq = stores.findings.begin(image)
        stores.findings.write(image, resolved(image), report(), seq=seq, tags=tags, now=at(0))
    stored = stores.findings.image(image)
    assert stored is not None
    assert stored.tags == ("v2", "v1", "latest")


def test_base_is_kept_with_the_image_and_tells_whose_each_finding_is(stores: DynamoStores) -> None:
    image = image_id()
    found = report([finding("CVE-1", layer=0), finding("CVE-2", layer=1)])
    for base in (NO_BASE, BaseImage(1, BaseFoundBy.HISTORY, because="told")):
        seq = stores.findings.begin(image)
        built = replace(resolved(image), base=base)
        stores.findings.write(image, built, found, seq=seq, tags=(), now=at(seq))
        stored = stores.findings.image(image)
        assert stored is not None
        assert stored.base == base
    origins = {item.id: item.origin for item in stores.findings.findings(image)[0]}
    assert origins == {"CVE-1": LayerOrigin.BASE, "CVE-2": LayerOrigin.APPLICATION}


def test_image_is_known_by_its_layers_until_it_is_retired(stores: DynamoStores) -> None:
    first, second = image_id("a", "library/debian"), image_id("b", "team/copy")
    chains = chain_ids([layer.diff_id for layer in resolved(first).layers])
    for image in (first, second):
        write(stores, image, report())
    known = stores.findings.known_chains(chains)
    assert known == {chains[-1]: KnownImage("111122223333.eu-west-1/library/debian:latest", first.digest, str(first))}
    stores.findings.retire(second, at(1))
    assert stores.findings.known_chains(chains) == known
    stores.findings.retire(first, at(2))
    assert stores.findings.known_chains(chains) == {}
