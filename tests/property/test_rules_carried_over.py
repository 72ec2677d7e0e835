"""A report that is carried over to other rules is the report that reading the layer with them gives.

Rules may look at any file, at ELF or PE files, or at what another rule found; they come, go and change their text,
their level and what they require, and the files are of every type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec import structs

from pratique.inventory.report_codec import encode
from pratique.malware.packs import PackManifest, RulePack, RuleSource
from pratique.malware.rule_index import index_of
from pratique.malware.rules import compile_packs
from pratique.malware.scanner import RuleScanner
from pratique.model.inventory import LayerReport
from pratique.model.rule_set import RuleSet
from pratique.model.sample import Level
from pratique.services.carry_over import CarryOver
from pratique.services.report_key import report_key
from pratique.services.rule_sets import RuleSets
from tests.fakes.objects import MemoryObjects
from tests.layer_reading import read_files
from tests.look_alikes import elf

MARKS = ("alpha", "beta", "gamma")
CONDITIONS = {
    "any": "$m",
    "elf": "uint32(0) == 0x464c457f and $m",
    "pe": "uint16(0) == 0x5a4d and $m",
    "small": "filesize < 40 and $m",
    "named": "base and $m",
}
KINDS: Mapping[str, Callable[[str], bytes]] = {
    "elf": elf,
    "pe": lambda mark: b"MZ" + b"\0" * 70 + mark.encode(),
    "script": lambda mark: b"#!/bin/false\n" + mark.encode(),
    "page": lambda mark: b"<?php " + mark.encode(),
}

Rules = Mapping[str, tuple[str, str]]
rules = st.dictionaries(
    st.sampled_from(("r0", "r1", "r2")),
    st.tuples(st.sampled_from(sorted(CONDITIONS)), st.sampled_from(MARKS)),
    max_size=3,
)
packs = st.tuples(rules, st.sampled_from(MARKS), st.sampled_from([None, *Level]))
files = st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.sampled_from(MARKS)), min_size=1, max_size=3)


def pack(drawn: tuple[Rules, str, Level | None]) -> RulePack:
    found, base, level = drawn
    texts = [f'private rule base {{ strings: $m = "{base}" condition: $m }}']
    # One that is always there, for no set is empty.
    texts.append('rule always { strings: $m = "alpha" condition: $m }')
    for name, (condition, mark) in sorted(found.items()):
        texts.append(f'rule {name} {{ strings: $m = "{mark}" condition: {CONDITIONS[condition]} }}')
    levels = {"r0": level} if level else {}
    return RulePack(PackManifest("p", levels=levels), (RuleSource("rules.yar", "\n".join(texts)),))


def read(drawn: list[tuple[str, str]], scanner: RuleScanner) -> LayerReport:
    content = {f"opt/{number}-{kind}.sh": KINDS[kind](mark) for number, (kind, mark) in enumerate(drawn)}
    report = read_files(content, scanner=scanner)
    return structs.replace(report, analyzer_version=f"v {scanner.revision}")


def carried(report: LayerReport, old: RuleSet, new: RuleSet) -> LayerReport | None:
    objects = MemoryObjects({report_key(report.diff_id, "old"): encode(report)})
    RuleSets(objects).put_index(old)
    return CarryOver(objects, new, lambda revision: f"v {revision}", new.revision)(report.diff_id)


@settings(max_examples=80, deadline=None)
@given(before=packs, after=packs, content=files)
def test_carried_report_is_the_one_that_reading_gives(
    before: tuple[Rules, str, Level | None], after: tuple[Rules, str, Level | None], content: list[tuple[str, str]]
) -> None:
    old, new = pack(before), pack(after)
    report = read(content, RuleScanner(compile_packs([old])))
    found = carried(report, index_of([old]), index_of([new]))
    event("read" if found is None else "carried")
    if found is None:
        assert index_of([old]).rules != index_of([new]).rules
        return
    assert found == read(content, RuleScanner(compile_packs([new])))


def test_rules_about_other_types_cost_no_reading() -> None:
    one, other = pack(({}, "alpha", None)), pack(({"r0": ("pe", "beta"), "r1": ("elf", "beta")}, "alpha", None))
    scanner = RuleScanner(compile_packs([one]))
    scripts, programs = (read([(kind, "beta")], scanner) for kind in ("script", "elf"))
    assert carried(scripts, index_of([one]), index_of([other])) is not None
    assert carried(programs, index_of([one]), index_of([other])) is None


def test_report_of_other_extractors_or_an_unknown_set_is_not_carried_over() -> None:
    rules_now = pack(({}, "alpha", None))
    report = read([("script", "alpha")], RuleScanner(compile_packs([rules_now])))
    index = index_of([rules_now])
    assert carried(report, index, index) == report
    assert carried(structs.replace(report, analyzer_version="other"), index, index) is None
    assert carried(report, structs.replace(index, revision="another"), index) is None
    assert carried(report, structs.replace(index, application="another"), index) is None
