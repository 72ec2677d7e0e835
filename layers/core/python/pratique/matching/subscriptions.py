"""Ubuntu Pro: what is said of a release for subscribers, beside what is said of it for everybody.

https://ubuntu.com/security/esm.  Both are about the same packages, and an image does not tell whether its host
subscribes.  So a fix for subscribers is a fix, and a flaw that only they get fixed is a flaw; but where the release has
its own fix that one counts, and a package that has the subscribers' fix is not affected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from pratique.model.advisory import FixState, Statement
from pratique.model.finding import Affected, NotAffected, Outcome
from pratique.model.package import InstalledPackage

_PRO = "Ubuntu:Pro:"


class Decided(Protocol):
    """A statement about an installed package with its outcome."""

    @property
    def installed(self) -> InstalledPackage:
        """The package."""
        ...

    @property
    def statement(self) -> Statement:
        """What was said."""
        ...

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        ...


def overruled(considered: Iterable[Decided]) -> Mapping[int, str]:
    """Return why an entry does not count beside another about the same package and flaw, by the entry's `id`."""
    pairs: dict[tuple[str, int], list[Decided]] = {}
    for entry in considered:
        if entry.statement.ecosystem.startswith("Ubuntu:"):
            pairs.setdefault((entry.statement.advisory, id(entry.installed)), []).append(entry)
    return {number: why for group in pairs.values() if len(group) > 1 for number, why in _overruled(group)}


def _overruled(group: list[Decided]) -> Iterator[tuple[int, str]]:
    for_all = [entry for entry in group if not is_pro(entry.statement.ecosystem)]
    for_subscribers = [entry for entry in group if is_pro(entry.statement.ecosystem)]
    if not for_all or not for_subscribers:
        return
    if any(entry.statement.fix_state is FixState.FIXED for entry in for_all):
        yield from ((id(entry), "the release itself has a fix") for entry in for_subscribers)
        return
    if all(isinstance(entry.outcome, NotAffected) for entry in for_subscribers):
        yield from ((id(entry), "Ubuntu Pro's fix is installed") for entry in for_all)
    elif not any(isinstance(one.outcome, Affected) and one.outcome.fixed_version for one in for_subscribers):
        yield from ((id(entry), "it says the same as for everybody") for entry in for_subscribers)


def is_pro(ecosystem: str) -> bool:
    """Return whether an ecosystem is Ubuntu Pro's."""
    return ecosystem.startswith(_PRO)
