"""Suppressions from their making to the counts, on stored inventories."""

from __future__ import annotations

from pathlib import Path

import pytest

from pratique.errors import Conflict, InvalidValue
from pratique.model.image import ImageId
from pratique.model.suppression import Covers, Endings
from pratique.ports.counts import Table, TableName
from pratique.ports.findings import FindingState
from pratique.services.aggregate_findings import AggregateFindings
from pratique.services.applied import Applied
from pratique.services.apply_suppressions import ApplySuppressions
from pratique.services.image_inventories import ImageInventories
from pratique.services.judge_again import JudgeAgain
from pratique.services.suppress_findings import SuppressFindings, WantedSuppression
from tests.unit.services.test_assess_image import Bench, dist_info

FLAW = "CVE-2019-11324"


class Desk:
    """A bench on which people suppress findings."""

    def __init__(self, folder: Path) -> None:
        self.bench = Bench(folder)
        self.started = 0
        stores = self.bench.stores
        self.suppress = SuppressFindings(stores.suppressions, self.bench.clock, self._start)
        self.apply = ApplySuppressions(
            stores.suppressions,
            stores.catalog,
            stores.findings,
            stores.library,
            JudgeAgain(ImageInventories(self.bench.objects), self.bench.assess),
            self.bench.clock,
        )

    def _start(self) -> None:
        self.started += 1

    def applied(self) -> Applied:
        self.bench.clock.move(hours=1)
        self.bench.objects.read.clear()
        done = self.apply(out_of_time=lambda: False)
        assert not [key for key in self.bench.objects.read if key.startswith("layers/")]
        return done

    def states(self, image: ImageId) -> dict[str, FindingState]:
        return {one.id: one.state for one in self.bench.stores.findings.findings(image)[0]}

    def counted(self) -> tuple[int, int]:
        """Images with the flaw, and images in which a suppression hides something, as the index counts them."""
        stores = self.bench.stores
        AggregateFindings(stores.findings, stores.counts, stores.library)(self.bench.engine.stream("F"))
        flaw = stores.counts.rows(TableName(Table.VULNERABILITIES)).get(FLAW)
        hiding = stores.counts.rows(TableName(Table.SUPPRESSIONS)).values()
        return sum(flaw.bands.values()) if flaw else 0, sum(sum(row.bands.values()) for row in hiding)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_suppression_hides_findings_of_stored_images_until_it_is_removed(desk: Desk) -> None:
    shop = desk.bench.scan("team/shop", [dist_info("urllib3", "1.24")])
    other = desk.bench.scan("other/app", [dist_info("urllib3", "1.24"), {"x": b"y"}])
    assert desk.counted() == (2, 0)
    wanted = WantedSuppression(Covers(vulnerability=FLAW, repository="team/*"), "not reachable", "ann")
    one = desk.suppress.add(wanted, by="bob", seed="1")
    assert (one.owner, one.added_by, desk.started) == ("ann", "bob", 1)
    assert desk.applied().images == 2
    assert desk.states(shop)[FLAW] is FindingState.IGNORED
    assert desk.states(other)[FLAW] is FindingState.OPEN
    hidden = next(found for found in desk.bench.stores.findings.findings(shop)[0] if found.id == FLAW)
    assert hidden.suppressed_by == (one.id,)
    stored = desk.bench.stores.findings.image(shop)
    assert stored is not None
    assert stored.vulnerabilities.total == len(desk.states(shop)) - 1
    assert desk.counted() == (1, 1)
    assert desk.applied().ids == ()
    desk.suppress.remove(one.id, by="bob")
    assert desk.applied().images == 2
    assert desk.states(shop)[FLAW] is FindingState.OPEN
    assert desk.counted() == (2, 0)


def test_suppression_without_an_id_walks_the_images_of_its_repositories_only(desk: Desk) -> None:
    shop = desk.bench.scan("team/shop", [dist_info("urllib3", "1.24")])
    desk.bench.scan("other/app", [dist_info("urllib3", "1.24"), {"x": b"y"}])
    desk.suppress.add(WantedSuppression(Covers(package="urllib3", repository="team/*"), "why"), by="ann", seed="1")
    assert desk.applied().images == 1
    assert set(desk.states(shop).values()) == {FindingState.IGNORED}


def test_suppression_that_expires_is_applied_again(desk: Desk) -> None:
    shop = desk.bench.scan("team/shop", [dist_info("urllib3", "1.24")])
    ends = Endings(expires=desk.bench.clock.now().replace(year=2030))
    desk.suppress.add(WantedSuppression(Covers(vulnerability=FLAW), "why", ends=ends), by="ann", seed="1")
    desk.applied()
    desk.applied()
    assert desk.states(shop)[FLAW] is FindingState.IGNORED
    desk.bench.clock.move(days=365 * 10)
    assert desk.applied().images == 1
    assert desk.states(shop)[FLAW] is FindingState.OPEN


def test_change_replaces_what_is_covered(desk: Desk) -> None:
    shop = desk.bench.scan("team/shop", [dist_info("urllib3", "1.24")])
    one = desk.suppress.add(WantedSuppression(Covers(vulnerability=FLAW), "why"), by="ann", seed="1")
    desk.applied()
    changed = desk.suppress.change(one.id, WantedSuppression(Covers(package="requests"), "why"), by="bob")
    assert changed is not None
    assert (changed.id, changed.added_by, changed.changed_by) == (one.id, "ann", "bob")
    assert desk.applied().images == 1
    assert desk.states(shop)[FLAW] is FindingState.OPEN


def test_suppression_needs_a_reason_and_an_end_that_lies_ahead(desk: Desk) -> None:
    with pytest.raises(InvalidValue, match="reason"):
        desk.suppress.add(WantedSuppression(Covers(vulnerability=FLAW), " "), by="ann", seed="1")
    past = Endings(expires=desk.bench.clock.now())
    with pytest.raises(InvalidValue, match="ahead"):
        desk.suppress.add(WantedSuppression(Covers(vulnerability=FLAW), "why", ends=past), by="ann", seed="1")
    assert desk.suppress.change("unknown", WantedSuppression(Covers(vulnerability=FLAW), "why"), by="ann") is None


def test_change_of_what_somebody_else_changed_is_a_conflict(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one = desk.suppress.add(WantedSuppression(Covers(vulnerability=FLAW), "why"), by="ann", seed="1")
    store = desk.bench.stores.suppressions
    monkeypatch.setattr(type(store), "get", lambda _self, _id: one)
    desk.suppress.change(one.id, WantedSuppression(Covers(vulnerability=FLAW), "other"), by="bob")
    with pytest.raises(Conflict):
        desk.suppress.remove(one.id, by="eve")
