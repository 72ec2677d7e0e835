"""The table of rules in the documentation is the one that is tested."""

from __future__ import annotations

from pathlib import Path

from tests.unit.remediation.rules import RULES

DOCUMENT = Path(__file__).parents[3] / "docs" / "remediation.md"
TEST = "test_rule_says_exactly_what_to_type_or_to_do"


def test_document_lists_every_rule_as_it_is_tested() -> None:
    text = DOCUMENT.read_text()
    listed = [line for line in text.splitlines() if line.startswith("| `")]
    told = {rule: f"`{rule.command}`" if rule.command else "" for rule in RULES}
    expected = [
        f"| `{rule.tool}` | {rule.where} | {' '.join(part for part in (told[rule], rule.instead) if part)} |"
        for rule in RULES
    ]
    assert listed == expected
    assert TEST in text
