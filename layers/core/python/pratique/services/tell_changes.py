"""How much of a recorded change is told: a base image's part is left to the base image, and long lists are cut.

A finding that stands in the layers of a known base image is announced once, by the base image's own event, which
says how many images inherit it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from pratique.model.severity import Priority
from pratique.ports.events import Event, EventKind
from pratique.ports.lineage import KnownBase

MOST_NAMED = 200
"""Findings of each kind of change that an event names; it counts all of them."""

_FINDINGS = ("added", "fixed", "raised", "lowered")
_LISTS = (*_FINDINGS, "samples_added", "samples_fixed")
_RANK = {priority.value: priority.rank for priority in Priority}


def tell_changes(event: Event, base: KnownBase | None, inheriting: int) -> Event | None:
    """Return the event as it is sent, or None where all that it says is the base image's to say."""
    if event.kind is EventKind.URGENT_SAMPLE_FOUND:
        sample = event.detail["sample"]
        if isinstance(sample, Mapping) and _inherited(sample, base):
            return None
        name = sample.get("name") if isinstance(sample, Mapping) else ""
        summary = f"{name} in {event.about[0]}{_and_inherited(inheriting)}"
        return replace(event, detail={**event.detail, "images_inheriting": inheriting, "summary": summary})
    lists = {name: _entries(event, name) for name in _LISTS}
    own = {name: [entry for entry in entries if not _inherited(entry, base)] for name, entries in lists.items()}
    if not any(own.values()):
        return None
    counts = {name: len(entries) for name, entries in own.items()}
    inherited = sum(map(len, lists.values())) - sum(counts.values())
    words = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count)
    detail = {
        **event.detail,
        **{name: _worst(entries) for name, entries in own.items()},
        "counts": counts,
        "high_added": sum(entry.get("priority") == Priority.HIGH.value for entry in own["added"]),
        "inherited": inherited,
        "inherited_from": str(base.image) if base and inherited else "",
        "images_inheriting": inheriting,
        "summary": f"{words} in {event.about[0]}{_and_inherited(inheriting)}",
    }
    return replace(event, detail=detail)


def _entries(event: Event, name: str) -> list[Mapping[str, object]]:
    value = event.detail.get(name)
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list | tuple) else []


def _inherited(entry: Mapping[str, object], base: KnownBase | None) -> bool:
    layer = entry.get("layer")
    return base is not None and isinstance(layer, int) and 0 <= layer < base.layers


def _worst(entries: list[Mapping[str, object]]) -> list[Mapping[str, object]]:
    ranked = sorted(entries, key=lambda entry: (_RANK.get(str(entry.get("priority")), 0), str(entry.get("id", ""))))
    return ranked[:MOST_NAMED]


def _and_inherited(inheriting: int) -> str:
    return f" and in {inheriting} images that are built on it" if inheriting else ""
