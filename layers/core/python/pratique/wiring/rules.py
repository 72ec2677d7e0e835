"""The malware rules in use: loaded once for each set, and asked for anew at every call."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from pratique.inventory.extractors import analyzer_version
from pratique.malware.scanner import RuleScanner
from pratique.model.rule_set import RuleSet
from pratique.services.carry_over import CarryOver
from pratique.services.publish_rules import rules_in_use
from pratique.services.rule_sets import RuleSets
from pratique.wiring.hash_lists import hash_lists
from pratique.wiring.stores import objects

_FOLDER = Path(tempfile.gettempdir()) / "pratique-rules"


class LayerRules(Struct, frozen=True):
    """What layers are read with: the scanner, the version of its reports, and what makes reports of older ones."""

    scanner: RuleScanner
    analyzer: str
    carry: CarryOver


def layer_rules() -> LayerRules:
    """Return the rules in use now."""
    current = RuleSets(objects()).current()
    digests = _need_digests(current.hashes if current else "")
    scanner, index = _rules(current.revision if current else "", digests=digests)
    carry = CarryOver(objects(), index, analyzer_version, scanner.revision, digests)
    return LayerRules(scanner, analyzer_version(scanner.revision), carry)


@lru_cache(maxsize=1)
def _rules(revision: str, *, digests: bool) -> tuple[RuleScanner, RuleSet]:
    compiled, index = rules_in_use(RuleSets(objects()), revision, _FOLDER)
    return RuleScanner(compiled, digests=digests), index


@lru_cache(maxsize=1)
def _need_digests(hashes: str) -> bool:
    return hash_lists(hashes).need_digests
