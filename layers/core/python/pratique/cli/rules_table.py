"""Rule packs for people and for programs: their rules, and what of them is left out."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich import box
from rich.console import Console
from rich.table import Table

from pratique.malware.packs import PackManifest
from pratique.malware.rule_compiler import OmittedRule
from pratique.malware.rule_list import ListedPack, ListedRule, levels_of
from pratique.model.sample import Level
from pratique.reports.json_document import to_json
from pratique.reports.visible_text import shown

SCHEMA_VERSION = 1


class LeftOutRule(Struct, frozen=True):
    """A rule that does not compile; ``rule`` is empty where the whole file is left out, ``line`` 0 where unknown."""

    path: str
    rule: str
    line: int
    reason: str


class PackEntry(Struct, frozen=True):
    """One pack; ``levels`` counts its rules."""

    name: str
    licence: str
    source: str
    revision: str
    files: int
    levels: dict[Level, int]
    rules: tuple[ListedRule, ...]
    left_out: tuple[LeftOutRule, ...]


class RulesDocument(Struct, frozen=True):
    """The whole document.  A change that could break a reader raises ``schema_version``."""

    schema_version: int
    packs: tuple[PackEntry, ...]


def rules_json(packs: Sequence[ListedPack]) -> bytes:
    """Return packs as indented JSON."""
    return to_json(RulesDocument(SCHEMA_VERSION, tuple(map(_entry, packs))))


def print_check(console: Console, packs: Sequence[ListedPack]) -> None:
    """Print each pack's numbers and the rules that are left out of it."""
    for pack in packs:
        levels = ", ".join(f"{count} {level.value}" for level, count in levels_of(pack.rules).items())
        console.print(shown(f"{_named(pack.manifest)}: {len(pack.rules)} rules in {pack.files} files ({levels})"))
        if pack.left_out:
            console.print(f"{len(pack.left_out)} left out, as they do not compile:")
            rows = _table("File", "Line", "Rule", "Why")
            for one in map(_left_out, pack.left_out):
                rows.add_row(shown(one.path), str(one.line or "?"), shown(one.rule or "the file"), shown(one.reason))
            console.print(rows)


def print_rules(console: Console, packs: Sequence[ListedPack]) -> None:
    """Print every rule, worst level first."""
    rows = _table("Level", "Pack", "Rule", "Family", "What it finds", "File")
    rules = [rule for pack in packs for rule in pack.rules]
    for rule in sorted(rules, key=lambda rule: (rule.level.rank, rule.pack, rule.path, rule.name)):
        cells = (rule.level.value, rule.pack, rule.name, rule.family, rule.description, rule.path)
        rows.add_row(*map(shown, cells))
    console.print(rows)
    left = sum(len(pack.left_out) for pack in packs)
    told = f"; {left} left out, as `pratique rules check` says" if left else ""
    console.print(f"{len(rules)} rules of {len(packs)} packs{told}")


def _table(*columns: str) -> Table:
    rows = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        rows.add_column(column, overflow="fold")
    return rows


def _named(manifest: PackManifest) -> str:
    told = [part for part in (manifest.revision, manifest.licence, manifest.source) if part]
    return f"{manifest.name} ({', '.join(told)})" if told else manifest.name


def _entry(pack: ListedPack) -> PackEntry:
    manifest = pack.manifest
    return PackEntry(
        name=manifest.name,
        licence=manifest.licence,
        source=manifest.source,
        revision=manifest.revision,
        files=pack.files,
        levels=levels_of(pack.rules),
        rules=pack.rules,
        left_out=tuple(map(_left_out, pack.left_out)),
    )


def _left_out(omitted: OmittedRule) -> LeftOutRule:
    return LeftOutRule(omitted.path, omitted.rule, omitted.line, omitted.reason)
