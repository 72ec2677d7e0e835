"""A week of a small estate: the simulation of a month, in little."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks.simulate_month import Ledger, Month, print_ledger
from pratique.services.advisory_changes import AdvisoryChanges, Share
from pratique.services.image_inventories import ImageInventories
from pratique.services.rematch_images import RematchImages

DAYS = 9


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    folder: Path = tmp_path_factory.mktemp("month")
    return Month(folder, images=60, days=DAYS, seed=7).run()


def test_recount_finds_nothing_missed_miscounted_or_announced_twice(ledger: Ledger) -> None:
    assert ledger.problems == []
    assert ledger.sums["unannounced"] > 0
    assert ledger.sums["deletions"] > 0


def test_no_layer_is_read_twice_however_often_its_images_are_scanned(ledger: Ledger) -> None:
    assert ledger.sums["layers read twice"] == 0
    assert ledger.sums["scans"] > ledger.sums["pushes"] * 2
    assert ledger.sums["layers"] < ledger.sums["pushes"] * 3


def test_periodic_scans_begin_every_third_day_inside_the_window(ledger: Ledger) -> None:
    local = [start.astimezone(ZoneInfo("Europe/Berlin")) for start in ledger.starts]
    assert all(start.hour < 6 for start in local)
    days = [start.date().toordinal() for start in local]
    assert {later - earlier for earlier, later in pairwise(days[1:])} == {3}
    assert len(days) >= DAYS // 3


def test_each_advisory_revision_reaches_the_images_that_it_can_touch(ledger: Ledger) -> None:
    rematched = [row.get("rematched", 0) for row in ledger.rows]
    assert sum(count > 0 for count in rematched) == 3


def test_ledger_is_printed_day_by_day(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    print_ledger(ledger, 1.0)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + DAYS + 1 + 3
    assert lines[-1] == "problems: none (1 s)"


def test_shares_of_a_rematch_are_all_images_once_and_the_last_one_ends_it(tmp_path: Path) -> None:
    month = Month(tmp_path, images=40, days=1, seed=3)
    month.run()
    month._publish(1)
    database, world = month._current(), month.world
    changes = AdvisoryChanges(world.objects)
    rematch = RematchImages(world.stores.catalog, ImageInventories(world.objects), changes, world.assess_image())
    revision = database.revision.revision
    looked_at = []
    for number in (3, 0, 2, 1):
        before = world.objects.kept.get("advisories/followed")
        assert before != revision.encode()
        done = rematch(revision, after="", out_of_time=lambda: False, share=Share(number, 4, "run"))
        looked_at.append(done.images + done.untouched)
        assert done.failed == 0
    assert sum(looked_at) == len(month.live)
    assert max(looked_at) < len(month.live)
    assert world.objects.kept["advisories/followed"] == revision.encode()


def test_following_a_revision_takes_few_calls_an_image(tmp_path: Path) -> None:
    """10,000 images in a quarter of an hour, in eight shares, leave each image 720 ms: some twenty calls fit well."""
    month = Month(tmp_path, images=60, days=1, seed=5)
    month.run()
    month._publish(1)
    world = month.world
    rematch = RematchImages(
        world.stores.catalog, ImageInventories(world.objects), AdvisoryChanges(world.objects), world.assess_image()
    )
    revision = month._current().revision.revision
    writes, reads, gets = len(world.engine.written), world.engine.reads, world.objects.gets
    done = rematch(revision, after="", out_of_time=lambda: False)
    assert (done.failed, done.images + done.untouched) == (0, 60)
    assert done.images > 10
    calls = {
        "written": len(world.engine.written) - writes,
        "read": world.engine.reads - reads,
        "objects": world.objects.gets - gets,
    }
    assert calls["objects"] <= 2 * done.images + done.untouched + 5
    assert calls["read"] <= 8 * done.images + 5
    assert calls["written"] <= 8 * done.images
