"""The malware rules in use: loaded once for each set, and asked for anew at every call."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from pratique.inventory.extractors import analyzer_version
from pratique.malware.scanner import RuleScanner
from pratique.model.rule_set import RuleSet
from pratique.services.carry_over import CarryOver
from pratique.services.publish_rules import rules_in_use
from pratique.services.rule_sets import RuleSets
from pratique.wiring.stores import objects

_FOLDER = Path(tempfile.gettempdir()) / "pratique-rules"


def layer_scanner() -> tuple[RuleScanner, str]:
    """Return the scanner with the rules in use, and the analyzer version that reports made with it are of."""
    scanner, _ = _rules(_current())
    return scanner, analyzer_version(scanner.revision)


def carry_over() -> CarryOver:
    """Return what makes reports for the rules in use from older ones."""
    _, index = _rules(_current())
    return CarryOver(objects(), index, analyzer_version)


def _current() -> str:
    current = RuleSets(objects()).current()
    return current.revision if current else ""


@lru_cache(maxsize=1)
def _rules(revision: str) -> tuple[RuleScanner, RuleSet]:
    compiled, index = rules_in_use(RuleSets(objects()), revision, _FOLDER)
    return RuleScanner(compiled), index
