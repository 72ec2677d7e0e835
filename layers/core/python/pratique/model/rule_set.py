"""A set of malware rules as what is kept of it when it is long gone: which rules, and what files they can fire on."""

from __future__ import annotations

from msgspec import Struct

from pratique.model.sample import FileType


class IndexedRule(Struct, frozen=True):
    """One rule: its key as in `RuleMatch`, a digest that changes with what it finds, and the types of such files."""

    key: str
    digest: str
    types: tuple[FileType, ...]


class RuleSet(Struct, frozen=True):
    """The rules of one revision; ``application`` changes where the same rules would find something else."""

    revision: str
    application: str
    rules: tuple[IndexedRule, ...]


class RuleChange(Struct, frozen=True):
    """What one set of rules finds that another did not, and no longer finds.

    ``gone`` are keys of rules that were removed or changed, ``types`` the types of files that a rule which came or
    changed can fire on: a file of any other type meets the same rules as before.
    """

    gone: frozenset[str]
    types: frozenset[FileType]


def rule_change(old: RuleSet, new: RuleSet) -> RuleChange | None:
    """Return what ``new`` changes; None where it applies its rules in another way, so that everything may differ."""
    if old.application != new.application:
        return None
    before, after = _digests(old), _digests(new)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    types = {kind for rule in new.rules if rule.key in changed for kind in rule.types}
    return RuleChange(frozenset(changed & before.keys()), frozenset(types))


def _digests(rules: RuleSet) -> dict[str, tuple[str, ...]]:
    """Return the digests of each key: sources of one pack may repeat a name."""
    found: dict[str, list[str]] = {}
    for rule in rules.rules:
        found.setdefault(rule.key, []).append(rule.digest)
    return {key: tuple(sorted(digests)) for key, digests in found.items()}
