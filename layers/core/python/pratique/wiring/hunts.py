"""Hunting for samples in images that were scanned before."""

from __future__ import annotations

from pratique.services.hunt_record import HuntRecord
from pratique.services.hunt_samples import HuntSamples
from pratique.services.publish_rules import PublishRules
from pratique.services.rule_sets import RuleSets
from pratique.wiring.hash_lists import hash_lists_in_use
from pratique.wiring.rules import layer_rules
from pratique.wiring.scans import end_scan
from pratique.wiring.stores import clock, objects, record_change, stores


def publish_rules() -> PublishRules:
    """Return what makes one set of all rule packs."""
    return PublishRules(RuleSets(objects()), clock(), record_change())


def hunt_samples() -> HuntSamples:
    """Return what plans a hunt with the rules in use."""
    kept, rules = stores(), layer_rules()
    return HuntSamples(
        objects(),
        kept.catalog,
        kept.findings,
        rules.analyzer,
        rules.scanner.revision,
        rules.carry,
        hash_lists_in_use(),
    )


def hunt_record() -> HuntRecord:
    """Return what keeps the hunt's record."""
    return HuntRecord(stores().scans, end_scan())
