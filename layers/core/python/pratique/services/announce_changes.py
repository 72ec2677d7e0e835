"""What an assessment changed, as events: findings of an image, and its urgent samples.

Pure: the store records the events in the transaction that makes the change visible.  What is recorded is whole; how
much of it is told, and what is left to a base image, is decided when it is sent (`tell_changes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from pratique.model.image import ImageId
from pratique.model.sample import Level
from pratique.ports.events import Event, EventKind, event_id
from pratique.ports.findings import FindingState, StoredFinding, StoredSample
from pratique.services.finding_changes import FindingChanges, Stored, is_open

Entry = dict[str, object]


class Assessed(Struct, frozen=True):
    """The assessment that changed something: ``seq`` is its number, the revisions what it was made with."""

    image: ImageId
    tags: tuple[str, ...]
    seq: int
    advisory_revision: str
    rules_revision: str
    at: datetime


def announce_changes(assessed: Assessed, before: Mapping[str, Stored], change: FindingChanges) -> tuple[Event, ...]:
    """Return the events of one assessment; none where nothing was added, fixed, raised or lowered.

    The ids are made of the image, the revisions and the assessment's number, which no other assessment has.
    """
    told: dict[str, list[Entry]] = {kind: [] for kind in ("added", "fixed", "raised", "lowered")}
    samples: dict[str, list[Entry]] = {kind: [] for kind in ("added", "fixed")}
    for key in change.written:
        old, new = before.get(key), change.after[key]
        kind = _kind(old, new)
        if isinstance(new, StoredSample) and kind in samples:
            samples[kind].append(_sample(new))
        elif isinstance(new, StoredFinding) and kind:
            told[kind].append(_finding(new, old if kind in {"raised", "lowered"} else None))
    detail = {**told, "samples_added": samples["added"], "samples_fixed": samples["fixed"]}
    if not any(detail.values()):
        return ()
    urgent = [entry for entry in samples["added"] if entry["level"] == Level.URGENT.value]
    whole = _event(EventKind.FINDINGS_CHANGED, assessed, detail)
    return (whole, *(_event(EventKind.URGENT_SAMPLE_FOUND, assessed, {"sample": entry}) for entry in urgent))


def _kind(old: Stored | None, new: Stored) -> str:
    """Return what happened to a finding; empty for what is no change of it, as another fixed version."""
    if not is_open(new):
        return "fixed" if is_open(old) and new.state is FindingState.FIXED else ""
    if old is None or not is_open(old):
        return "added"
    if isinstance(new, StoredFinding) and isinstance(old, StoredFinding) and new.priority is not old.priority:
        return "raised" if new.priority.rank < old.priority.rank else "lowered"
    return ""


def _finding(item: StoredFinding, old: Stored | None) -> Entry:
    entry: Entry = {
        "id": item.id,
        "category": item.category.value,
        "priority": item.priority.value,
        "layer": _topmost(package.layer.index for package in item.packages),
    }
    return {**entry, "from": old.priority.value} if isinstance(old, StoredFinding) else entry


def _sample(item: StoredSample) -> Entry:
    return {
        "sha256": item.sha256,
        "name": item.name,
        "level": item.level.value,
        "rules": sorted({match.rule for match in item.rules}),
        "layer": _topmost(file.layer.index for file in item.files),
    }


def _topmost(places: Iterable[int]) -> int:
    """Return the highest of the layers; one that is not known counts as above all, so that no base image has it."""
    found = list(places)
    return max(found) if found and min(found) >= 0 else -1


def _event(kind: EventKind, assessed: Assessed, detail: Mapping[str, object]) -> Event:
    sample = detail.get("sample")
    apart = str(sample["sha256"]) if isinstance(sample, dict) else ""
    image = assessed.image
    revision = {"advisories": assessed.advisory_revision, "rules": assessed.rules_revision}
    told = {
        "image": {
            "id": str(image),
            "instance": image.instance,
            "repository": image.repository,
            "digest": image.digest,
            "tags": list(assessed.tags),
        },
        "revision": revision,
        "assessment": assessed.seq,
        **detail,
    }
    identifier = event_id(kind, str(image), *revision.values(), str(assessed.seq), apart)
    return Event(identifier, kind, assessed.at, (str(image),), told)
