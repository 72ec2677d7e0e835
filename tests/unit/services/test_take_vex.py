"""VEX documents from their taking to the findings of stored images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from pratique.errors import Conflict, InvalidValue
from pratique.model.allow_list import EntryState
from pratique.model.suppression import Suppression
from pratique.ports.findings import FindingState
from pratique.services.take_vex import MOST_STATEMENTS, OlderDocument, TakenVex, TakeVex, VexScope
from tests.unit.services.test_assess_image import dist_info
from tests.unit.services.test_suppressions import FLAW, Desk
from tests.unit.vex.csaf_documents import body, csaf, product

PACKAGES = [product("U", "pkg:pypi/urllib3@1.24"), product("R", "pkg:pypi/requests@2.19")]


class Reader(Desk):
    """A desk at which VEX documents are taken."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.vex = TakeVex(self.bench.stores.suppressions, self.bench.clock, self._start)

    def take(self, version: str, *safe: str, scope: VexScope | None = None, **changes: Any) -> TakenVex:
        document = csaf({"known_not_affected": list(safe)}, products=PACKAGES, version=version, cve=FLAW, **changes)
        taken = self.vex(body(document), scope or VexScope(), by="ann")
        self.bench.clock.move(minutes=1)
        return taken

    def active(self) -> set[str]:
        now = self.bench.clock.now()
        return {one.covers.package for one in self.kept() if one.state(now) is EntryState.ACTIVE}

    def kept(self) -> tuple[Suppression, ...]:
        return self.bench.stores.suppressions.all()


@pytest.fixture
def desk(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


def test_what_a_document_states_hides_findings_of_stored_images(desk: Reader) -> None:
    shop = desk.bench.scan("team/shop", [dist_info("urllib3", "1.24")])
    other = desk.bench.scan("other/app", [dist_info("urllib3", "1.24"), {"x": b"y"}])
    taken = desk.take("1", "U", scope=VexScope(repository="team/*"))
    (one,) = taken.added
    assert (one.owner, one.added_by, one.document) == ("Shop team", "ann", taken.reading.document)
    desk.applied()
    assert desk.states(shop)[FLAW] is FindingState.IGNORED
    assert desk.states(other)[FLAW] is FindingState.OPEN
    desk.take("2")
    desk.applied()
    assert desk.states(shop)[FLAW] is FindingState.OPEN


def test_a_newer_version_replaces_the_older_one(desk: Reader) -> None:
    first = desk.take("1", "U")
    second = desk.take("2", "U", "R")
    assert ([one.id for one in second.kept], len(second.added), second.ended) == ([first.added[0].id], 1, ())
    third = desk.take("3", "R")
    assert [one.id for one in third.ended] == [first.added[0].id]
    assert desk.active() == {"pkg:pypi/requests@2.19"}
    assert desk.started == 3
    assert {one.document.version for one in desk.kept() if one.document} == {"2", "3"}


def test_the_same_document_again_changes_nothing(desk: Reader) -> None:
    desk.take("1", "U")
    before = desk.kept()
    again = desk.take("1", "U")
    assert (again.added, again.ended, desk.kept(), desk.started) == ((), (), before, 1)


@pytest.mark.parametrize(("version", "date"), [("1", "2027-01-01T00:00:00Z"), ("2", "2025-01-01T00:00:00Z")])
def test_an_older_version_is_refused_though_all_of_the_newer_one_has_ended(
    desk: Reader, version: str, date: str
) -> None:
    (one,) = desk.take("2", "U").added
    desk.suppress.remove(one.id, by="ann")
    with pytest.raises(OlderDocument, match="version 2 of the document 'SHOP-2026-1'"):
        desk.take(version, "U", date=date)
    assert desk.active() == set()


def test_documents_of_other_authors_are_others(desk: Reader) -> None:
    desk.take("2", "U")
    publisher = {"category": "vendor", "name": "Others", "namespace": "https://others.example"}
    document = csaf({"known_not_affected": ["R"]}, products=PACKAGES)
    document["document"]["publisher"] = publisher
    assert desk.vex(body(document), VexScope(), by="ann").ended == ()
    assert len(desk.active()) == 2


def test_a_document_for_one_image_says_nothing_of_another(desk: Reader) -> None:
    here, there = "sha256:" + "a" * 64, "sha256:" + "b" * 64
    image = [product("I", f"pkg:oci/shop@{here}"), *PACKAGES]
    document = csaf({"known_not_affected": ["I", "U"]}, products=image)
    taken = desk.vex(body(document), VexScope(digest=there), by="ann")
    assert [(one.covers.package, one.covers.digest) for one in taken.added] == [("pkg:pypi/urllib3@1.24", there)]
    assert "another image" in taken.ignored[0].reason


def test_a_document_without_an_id_or_of_too_many_statements_is_refused(desk: Reader) -> None:
    nameless = (
        b'{"@context": "https://openvex.dev/ns", "author": "a", "timestamp": "2026-01-01T00:00:00Z", "statements": []}'
    )
    with pytest.raises(InvalidValue, match="no id"):
        desk.vex(nameless, VexScope(), by="ann")
    many = [product(str(number), f"pkg:pypi/p@{number}") for number in range(MOST_STATEMENTS + 1)]
    document = csaf({"known_not_affected": [one["product_id"] for one in many]}, products=many)
    with pytest.raises(InvalidValue, match="at most 500"):
        desk.vex(body(document), VexScope(), by="ann")
    assert desk.kept() == ()


def test_a_suppression_that_was_changed_in_between_is_a_conflict(desk: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.take("1", "U")
    stale = desk.kept()
    desk.suppress.remove(stale[0].id, by="bob")
    monkeypatch.setattr(type(desk.bench.stores.suppressions), "all", lambda _self: stale)
    with pytest.raises(Conflict):
        desk.take("2", "R")


def test_a_suppression_from_before_there_were_documents_can_be_changed(desk: Reader) -> None:
    desk.take("1", "U")
    (one,) = desk.kept()
    old = msgspec.json.decode(msgspec.json.encode(one))
    del old["document"]
    (item,) = [item for item in desk.bench.engine.items("I") if item["SK"] == {"S": one.id}]
    desk.bench.engine.put_item(TableName="I", Item=item | {"body": {"B": msgspec.json.encode(old)}})
    assert desk.suppress.remove(one.id, by="bob") is not None
