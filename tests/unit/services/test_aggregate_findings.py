"""Which images a batch of stream records names, and what they add to the counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from pratique.errors import Conflict
from pratique.model.base_image import LayerOrigin
from pratique.model.coverage import ScanStatus
from pratique.model.finding import Category
from pratique.model.image import ImageId
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.ports.counts import (
    BANDS,
    Contribution,
    ContributionChange,
    Counted,
    CountIndex,
    FoundIn,
    ImageStatus,
    Risk,
    Table,
    TableName,
)
from pratique.ports.findings import LevelCounts, PriorityCounts
from pratique.services.aggregate_findings import AggregateFindings, changed_images
from pratique.services.contributions import contribution_of, deltas, risk_of, scopes_of
from pratique.services.finding_changes import found_in
from tests.fakes.estate import fake_estate
from tests.finding_builder import at, finding, image_id, report, resolved, sample

IMAGE = image_id()


def record(image: ImageId, before: dict[str, str] | None, after: dict[str, str] | None, sort: str = "META") -> Any:
    change: dict[str, object] = {"Keys": {"PK": {"S": f"IMG#{image}"}, "SK": {"S": sort}}, "SequenceNumber": "1"}
    for side, item in (("OldImage", before), ("NewImage", after)):
        if item is not None:
            change[side] = {name: {"N": value} for name, value in item.items()}
    return {"eventName": "MODIFY", "dynamodb": change}


def test_changed_images_are_those_whose_visible_report_changed() -> None:
    other = image_id("other", "a")
    records = [
        record(IMAGE, {"seq": "1"}, {"seq": "1", "committed": "1"}),
        record(IMAGE, {"committed": "1"}, {"committed": "2"}),
        record(image_id("begun"), {"seq": "1", "committed": "1"}, {"seq": "2", "committed": "1"}),
        record(image_id("finding"), None, {"committed": "1"}, sort="G0000000001#V#CVE-1#system"),
        record(other, None, {"seq": "1"}),
        {"eventName": "INSERT", "dynamodb": {"Keys": {"PK": {"S": "SCAN#1"}, "SK": {"S": "META"}}}},
        {"something": "else"},
    ]
    assert changed_images(records) == (other, IMAGE)


def contribution(*, status: ScanStatus | None = ScanStatus.COMPLETE, retired: bool = False) -> Contribution:
    found = report(
        [
            finding("CVE-1", Priority.LOW),
            finding("CVE-1", Priority.MEDIUM, category=Category.APPLICATION),
            finding("CVE-2", Priority.LOW),
        ],
        [sample("miner", Level.NOTICE)],
    )
    items = found_in(IMAGE, resolved(IMAGE), found, at(0)).values()
    return contribution_of(items, retired=retired, status=status, last_scan=at(0))


def test_contribution_counts_a_vulnerability_once_at_its_highest_priority() -> None:
    found = contribution()
    assert found.vulnerabilities == {
        "CVE-1": (FoundIn.BOTH, Priority.MEDIUM, LayerOrigin.APPLICATION),
        "CVE-2": (FoundIn.SYSTEM, Priority.LOW, LayerOrigin.APPLICATION),
    }
    assert (found.risk, found.status, found.present) == (Risk.MEDIUM, ImageStatus.COMPLETE, True)


def test_image_counts_in_four_scopes() -> None:
    instance = IMAGE.instance
    assert scopes_of(IMAGE) == ("ALL", f"I#{instance}", f"N#{instance}/team", f"R#{instance}/team/shop")
    assert scopes_of(image_id("x", "flat"))[2] == f"N#{instance}/"


@pytest.mark.parametrize(
    ("vulnerabilities", "samples", "status", "risk"),
    [
        (PriorityCounts(1, 0, 0), LevelCounts(), ScanStatus.PARTIAL, Risk.HIGH),
        (PriorityCounts(), LevelCounts(1, 0, 0), ScanStatus.COMPLETE, Risk.HIGH),
        (PriorityCounts(0, 0, 3), LevelCounts(0, 1, 0), ScanStatus.COMPLETE, Risk.MEDIUM),
        (PriorityCounts(0, 0, 3), LevelCounts(), ScanStatus.FAILED, Risk.LOW),
        (PriorityCounts(), LevelCounts(0, 0, 1), ScanStatus.COMPLETE, Risk.LOW),
        (PriorityCounts(), LevelCounts(), ScanStatus.COMPLETE, Risk.CLEAN),
        (PriorityCounts(), LevelCounts(), ScanStatus.PARTIAL, Risk.UNKNOWN),
        (PriorityCounts(), LevelCounts(), ScanStatus.UNSUPPORTED, Risk.UNKNOWN),
        (PriorityCounts(), LevelCounts(), None, Risk.UNKNOWN),
    ],
)
def test_risk_is_clean_only_after_a_complete_scan(
    vulnerabilities: PriorityCounts, samples: LevelCounts, status: ScanStatus | None, risk: Risk
) -> None:
    assert risk_of(vulnerabilities, samples, status) is risk


def test_deltas_add_up_to_nothing_when_an_image_comes_and_goes() -> None:
    came = list(deltas(ContributionChange(IMAGE, None, contribution())))
    went = list(deltas(ContributionChange(IMAGE, Counted(1, contribution()), contribution(retired=True))))
    assert {(d.name, d.key, d.band, d.images) for d in came} == {(d.name, d.key, d.band, -d.images) for d in went}
    assert len(came) == 4 * 3 + 2
    assert all(d.seen == at(0) for d in came)


def test_deltas_of_a_priority_that_changed_move_one_image_between_bands() -> None:
    before, after = (
        contribution_of(
            found_in(IMAGE, resolved(IMAGE), report({"CVE-1": priority}), at(0)).values(),
            retired=False,
            status=ScanStatus.COMPLETE,
            last_scan=at(0),
        )
        for priority in (Priority.LOW, Priority.HIGH)
    )
    moved = {
        (delta.key, BANDS[Table.VULNERABILITIES][delta.band], delta.images)
        for delta in deltas(ContributionChange(IMAGE, Counted(1, before), after))
        if delta.name == TableName(Table.VULNERABILITIES)
    }
    assert moved == {("CVE-1", "system/low/application", -1), ("CVE-1", "system/high/application", 1)}


def test_batch_that_comes_again_changes_nothing() -> None:
    estate = fake_estate()
    estate.scan(IMAGE, report({"CVE-1": Priority.HIGH}))
    aggregate = AggregateFindings(estate.stores.findings, estate.stores.counts, estate.stores.library)
    stream = estate.engine.stream("F")
    assert aggregate(stream).changed == 1
    written = len(estate.engine.written)
    assert aggregate(reversed(stream)).changed == 0
    assert len(estate.engine.written) == written


def test_many_images_of_many_repositories_fit_their_transactions() -> None:
    """One group touches more items than a transaction has room for; the engine refuses a larger one."""
    estate = fake_estate()
    for number in range(60):
        estate.scan(image_id(str(number), f"team{number}/app"), report({f"CVE-{number}": Priority.HIGH}, [sample("m")]))
    estate.settle()
    rows = estate.stores.counts.rows(TableName(Table.VULNERABILITIES))
    assert len(rows) == 60
    assert sum(estate.stores.counts.rows(TableName(Table.SAMPLES))[sample("m").sha256].bands.values()) == 60


class Disturbed:
    """An index of which every write comes second to another worker's."""

    def __init__(self, index: CountIndex, *, before: Callable[[], object]) -> None:
        self._before = before
        self.times = 0
        self.counted = index.counted
        self.rows = index.rows
        self.rows_of = index.rows_of
        self.row = index.row
        self.current = index.current
        self.publish = index.publish
        self.correct = index.correct

    def apply(self, changes: Sequence[ContributionChange]) -> None:
        self.times += 1
        self._before()
        raise Conflict(f"{len(changes)} images were counted by another worker")


def test_image_that_another_worker_counted_first_is_left_alone() -> None:
    estate = fake_estate()
    estate.scan(IMAGE, report({"CVE-1": Priority.HIGH}))
    other = AggregateFindings(estate.stores.findings, estate.stores.counts, estate.stores.library)
    index = Disturbed(estate.stores.counts, before=lambda: other.recount([IMAGE]))
    assert AggregateFindings(estate.stores.findings, index, estate.stores.library).recount([IMAGE]).changed == 0
    assert index.times == 1


def test_counts_that_keep_changing_end_in_an_error_that_may_pass() -> None:
    estate = fake_estate()
    estate.scan(IMAGE, report({"CVE-1": Priority.HIGH}))
    index = Disturbed(estate.stores.counts, before=lambda: None)
    with pytest.raises(Conflict) as caught:
        AggregateFindings(estate.stores.findings, index, estate.stores.library).recount([IMAGE])
    assert caught.value.retryable
    assert index.times == 8
