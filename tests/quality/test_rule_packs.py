"""Public rule packs: every one is taken, and what is left out of one is known by name and reason."""

from __future__ import annotations

import pytest
from msgspec import structs

from pratique.malware.packs import RulePack, read_pack
from pratique.malware.rule_list import ListedPack, levels_of, list_pack
from pratique.malware.rules import compile_packs
from pratique.model.sample import Level
from tests.shared_data import shared

_INCLUDES, _REGEX, _UNKNOWN = "includes are disabled", "invalid regular expression", "undefined identifier"


def pack(name: str, *, every: int = 1) -> RulePack:
    """Return a pack, or one of so many of its files: the large ones are much alike from file to file."""
    whole = read_pack(shared("feeds", "yara", name))
    return structs.replace(whole, sources=whole.sources[::every])


@pytest.mark.parametrize(
    ("name", "every", "rules", "levels"),
    [
        ("reversinglabs", 5, 50, {Level.WARNING}),
        ("signature-base", 5, 700, {Level.URGENT, Level.WARNING, Level.NOTICE}),
        ("advanced-threat-research", 2, 70, {Level.WARNING}),
        ("malcontent", 8, 200, {Level.URGENT, Level.WARNING, Level.NOTICE}),
    ],
)
def test_every_rule_of_a_pack_compiles_and_has_a_level(name: str, every: int, rules: int, levels: set[Level]) -> None:
    listed = list_pack(pack(name, every=every))
    assert len(listed.rules) > rules
    assert listed.left_out == ()
    assert {level for level, count in levels_of(listed.rules).items() if count} == levels


def _left_out(listed: ListedPack) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for one in listed.left_out:
        assert one.line > 0
        told.setdefault(one.path.rpartition("/")[2], set()).add(one.reason.partition(": ")[2])
    return told


@pytest.mark.parametrize(
    ("name", "files", "reasons"),
    [
        ("binaryalert", 81, {_INCLUDES, _UNKNOWN}),
        ("php-malware-finder", 10, {_INCLUDES, _UNKNOWN}),
        ("malcontent/rules/false_positives", 80, {_REGEX}),
    ],
)
def test_what_is_left_out_is_named_with_line_and_reason(name: str, files: int, reasons: set[str]) -> None:
    listed = list_pack(pack(name))
    told = _left_out(listed)
    assert listed.files >= files
    assert {reason.partition(' "')[0] for of_file in told.values() for reason in of_file} == reasons


def test_packs_with_broken_rules_are_compiled_into_one_set() -> None:
    packs = [pack("binaryalert"), pack("php-malware-finder")]
    listed = [list_pack(one) for one in packs]
    compiled = compile_packs(packs)
    assert compiled.count == len({(rule.pack, rule.path, rule.name) for one in listed for rule in one.rules})
    assert compiled.omitted == tuple(omitted for one in listed for omitted in one.left_out)
