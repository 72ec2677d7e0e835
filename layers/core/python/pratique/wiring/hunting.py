"""Starting hunts and keeping rule packs: what the API does of it, with no rule loaded."""

from __future__ import annotations

from pratique.services.rule_sets import RuleSets
from pratique.services.start_hunt import StartHunt
from pratique.wiring.environment import environment
from pratique.wiring.stores import clock, objects, starter, stores


def start_hunt() -> StartHunt:
    """Return what begins a hunt."""
    return StartHunt(stores().scans, starter(), clock(), environment().need("hunt_samples_function"))


def rule_sets() -> RuleSets:
    """Return the rule packs and sets in the object store."""
    return RuleSets(objects())
