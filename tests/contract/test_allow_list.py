"""What every store of the allow-list does."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.model.allow_list import AllowListEntry, EntryState
from tests.finding_builder import at


def entry(name: str, hours: float = 0, **fields: Any) -> AllowListEntry:
    about = {"sha256": "a" * 64} if "rule" not in fields else {"path": "opt/**"}
    return AllowListEntry(name, "a test file", "ann", "ann", at(hours), **(about | fields))


def test_allow_list_keeps_removed_entries_with_who_removed_them(stores: DynamoStores) -> None:
    first, second = entry("E1"), entry("E2", rule="starter/eicar", expires=at(9))
    assert stores.allow_list.entries() == ()
    assert stores.allow_list.add(first)
    assert stores.allow_list.add(second)
    assert not stores.allow_list.add(structs.replace(first, reason="another"))
    removed = stores.allow_list.remove("E1", by="bob", now=at(1))
    assert removed == structs.replace(first, removed_by="bob", removed_at=at(1))
    assert stores.allow_list.remove("E1", by="eve", now=at(2)) == removed
    assert stores.allow_list.remove("E404", by="eve", now=at(2)) is None
    assert stores.allow_list.entries() == (second, removed)
    assert (stores.allow_list.get("E2"), stores.allow_list.get("E404")) == (second, None)


def test_allow_list_entry_waits_until_images_were_judged_well_after_its_last_change(stores: DynamoStores) -> None:
    stores.allow_list.add(entry("E1", expires=at(5)))

    def waiting(hours: float) -> list[str]:
        return [one.id for one in stores.allow_list.waiting(at(hours), margin_seconds=900)]

    assert waiting(0) == ["E1"]
    stores.allow_list.judged("E1", EntryState.ACTIVE, at(0.1))
    assert waiting(1) == ["E1"]
    stores.allow_list.judged("E1", EntryState.ACTIVE, at(1))
    assert (waiting(2), waiting(5)) == ([], ["E1"])
    stores.allow_list.judged("E1", EntryState.EXPIRED, at(6))
    assert waiting(7) == []
    stores.allow_list.remove("E1", by="ann", now=at(8))
    assert waiting(8) == ["E1"]
