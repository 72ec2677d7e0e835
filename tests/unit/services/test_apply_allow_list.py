"""The allow-list reaches images that were scanned before it, in both directions, and no layer is read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from pratique.adapters.folder_objects import FolderObjectStore
from pratique.advisories.starter import starter_database
from pratique.model.allow_list import AllowListEntry
from pratique.model.image import ImageId
from pratique.model.inventory import AnalyzedImage, ImageInventory
from pratique.model.processing import SYSTEM, ProcessingStatus
from pratique.model.sample import ImageSample, Level
from pratique.ports.counts import Risk
from pratique.ports.findings import FindingState, LevelCounts
from pratique.services.allow_samples import WantedEntry
from pratique.services.applied import Applied
from pratique.services.apply_allow_list import ApplyAllowList
from pratique.services.assess_image import AssessImage
from pratique.services.image_inventories import ImageInventories
from pratique.services.judge_again import JudgeAgain
from pratique.services.query.overview import get_overview
from pratique.services.query.page import PageRequest
from pratique.services.query.samples import SampleFilter, SampleRow, list_samples
from tests.fakes.estate import FakeEstate, fake_estate
from tests.finding_builder import image_id, resolved, sample

A, B, C = sorted((image_id("a", "team/a"), image_id("b", "team/b"), image_id("c", "team/c")), key=str)
MINER, SHELL = sample("miner", Level.URGENT), sample("shell", Level.WARNING)


class Bench:
    """Images A (miner), B (miner and shell) and C (shell), assessed and counted."""

    def __init__(self, folder: Path) -> None:
        self.estate: FakeEstate = fake_estate()
        self.objects = FolderObjectStore(folder / "objects")
        stores, database = self.estate.stores, starter_database(folder / "database")
        self.assess = AssessImage(
            self.objects, stores.findings, database, self.estate.clock, stores.allow_list, stores.suppressions
        )
        self.apply_entries = ApplyAllowList(
            self.estate.allow_samples, stores.findings, JudgeAgain(ImageInventories(self.objects), self.assess)
        )
        for image, samples in ((A, [MINER]), (B, [MINER, SHELL]), (C, [SHELL])):
            self.scan(image, samples)

    def scan(self, image: ImageId, samples: Iterable[ImageSample]) -> None:
        self.objects.put(f"images/{image.digest}.json", msgspec.json.encode(resolved(image)))
        analyzed = AnalyzedImage(ImageInventory(None, (), samples=tuple(samples)), 2, 2, 9, 9, 9, "r1")
        ImageInventories(self.objects).put(image.digest, analyzed)
        self.assess.again(image, analyzed)
        self.estate.settle()

    def apply(self, begun: Applied | None = None, *, out_of_time: bool = False) -> Applied:
        applied = self.apply_entries(begun, out_of_time=lambda: out_of_time)
        self.estate.settle()
        return applied

    def allow(self, **about: object) -> AllowListEntry:
        wanted = WantedEntry("a test", **about)  # type: ignore[arg-type]  # fields by name
        return self.estate.allow_samples.add(wanted, by="ann", seed=str(about))

    def states(self, image: ImageId) -> dict[str, FindingState]:
        return {item.name: item.state for item in self.estate.stores.findings.findings(image)[1]}

    def rows(self, **wanted: object) -> list[SampleRow]:
        fields = SampleFilter(**wanted)  # type: ignore[arg-type]  # fields by name
        return list(list_samples(self.estate.reading, fields, PageRequest()).items)

    def risk(self, image: ImageId) -> Risk:
        found = self.estate.stores.findings.contribution(image)
        assert found is not None
        return found.risk


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_allowed_sample_leaves_counts_and_risk_and_stays_listed(bench: Bench) -> None:
    assert get_overview(bench.estate.reading).samples == LevelCounts(1, 1, 0)
    entry = bench.allow(sha256=MINER.sha256)
    assert bench.apply() == Applied((entry.id,), bench.estate.clock.now(), images=2, failed=0, after="")
    assert (bench.states(A), bench.states(B)["shell"]) == ({"miner": FindingState.IGNORED}, FindingState.OPEN)
    assert (bench.risk(A), bench.risk(B)) == (Risk.UNKNOWN, Risk.MEDIUM)
    assert get_overview(bench.estate.reading).samples == LevelCounts(0, 1, 0)
    assert [row.name for row in bench.rows()] == ["shell"]
    (row,) = bench.rows(quiet=True)
    assert (row.name, row.level, row.images_total, row.quiet_images) == ("miner", Level.URGENT, 0, 2)
    assert [row.name for row in bench.rows(status=ProcessingStatus.ALLOWLISTED)] == ["miner"]
    (quiet,) = bench.estate.stores.findings.findings(A)[1]
    assert quiet.files[0].allowed_by == entry.id


def test_removed_entry_lets_the_sample_count_again(bench: Bench) -> None:
    entry = bench.allow(sha256=MINER.sha256)
    bench.apply()
    bench.estate.allow_samples.remove(entry.id, by="bob")
    assert bench.apply().images == 2
    assert bench.states(A) == {"miner": FindingState.OPEN}
    assert get_overview(bench.estate.reading).samples == LevelCounts(1, 1, 0)
    assert bench.rows(quiet=True) == []
    assert {row.status for row in bench.rows()} == {ProcessingStatus.UNHANDLED}


def test_expired_entry_ends_by_itself_and_says_so(bench: Bench) -> None:
    entry = bench.allow(sha256=SHELL.sha256, expires=bench.estate.clock.now() + timedelta(hours=1))
    bench.apply()
    assert bench.states(C) == {"shell": FindingState.IGNORED}
    bench.estate.clock.pass_hours(2)
    assert bench.apply().ids == (entry.id,)
    assert bench.states(C) == {"shell": FindingState.OPEN}
    decision = bench.estate.stores.library.samples()[SHELL.sha256].decision
    assert (decision.status, decision.by) == (ProcessingStatus.UNHANDLED, SYSTEM)


def test_rule_and_path_concerns_the_images_in_which_the_rule_ever_fired(bench: Bench) -> None:
    bench.allow(rule="rule_shell", path="tmp/*")
    assert bench.apply().images == 2
    assert (bench.states(B)["shell"], bench.states(C)["shell"]) == (FindingState.IGNORED, FindingState.IGNORED)
    assert bench.states(B)["miner"] is FindingState.OPEN


def test_new_image_is_judged_with_the_list_at_once(bench: Bench) -> None:
    bench.allow(sha256=MINER.sha256)
    new = image_id("new", "team/new")
    bench.scan(new, [MINER])
    assert bench.states(new) == {"miner": FindingState.IGNORED}


def test_entry_is_applied_once_more_after_every_assessment_under_way_has_ended(bench: Bench) -> None:
    bench.allow(sha256=MINER.sha256)
    assert bench.apply().images == 2
    bench.estate.clock.pass_hours(1)
    assert bench.apply().images == 2
    bench.estate.clock.pass_hours(1)
    assert bench.apply() == Applied((), bench.estate.clock.now(), 0, 0, "")


def test_apply_goes_on_where_it_stopped_and_past_an_image_that_fails(bench: Bench, tmp_path: Path) -> None:
    entry = bench.allow(sha256=MINER.sha256)
    first = bench.apply(out_of_time=True)
    assert (first.images, first.after) == (1, str(A))
    (tmp_path / "objects" / "inventories" / f"{B.digest}.json.zst").unlink()
    begun = Applied(first.ids, first.since, 0, first.failed, first.after)
    assert bench.apply(begun) == Applied((entry.id,), first.since, images=0, failed=1, after="")
    bench.estate.clock.pass_hours(2)
    assert bench.apply().ids == (entry.id,)


def test_assessment_reads_the_list_after_it_took_its_number(bench: Bench) -> None:
    """Otherwise one that read the old list could take a newer number than the one that judges again."""
    order: list[str] = []
    stores = bench.estate.stores

    class Findings:
        def __getattr__(self, name: str) -> object:
            order.append(name)
            return getattr(stores.findings, name)

    class List:
        def entries(self) -> tuple[AllowListEntry, ...]:
            order.append("entries")
            return ()

    assess = structs.replace(bench.assess, findings=Findings(), allow_list=List())
    assess.again(A, ImageInventories(bench.objects).get(A.digest))
    assert order.index("begin") < order.index("entries") < order.index("write")
