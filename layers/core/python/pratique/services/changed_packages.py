"""Which packages a new advisory database says something else about, so that only their images are matched again."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.advisories.database import SqliteDatabase
from pratique.advisories.schema import split_rows
from pratique.matching.priority import LIKELY, RARE

Key = tuple[str, str]
"""An ecosystem (with release) and a name as the ecosystem compares names."""


def changed_keys(old: SqliteDatabase, new: SqliteDatabase) -> frozenset[Key]:
    """Return the packages whose findings may differ between two databases.

    That is where a statement or a report of malice came, went or changed, where the text or rating of an advisory
    about the package did, and where a flaw's exploitation crossed one of the bounds that decide its priority.  A score
    that moved within its bounds changes no finding, and most scores move every day.
    """
    before = dict(_packages(old))
    changed = set(before)
    touched = _changed_advisories(old, new)
    for key, body in _packages(new):
        if before.get(key) == body and not any(row.advisory in touched for row in split_rows(body)):
            changed.discard(key)
        else:
            changed.add(key)
    return frozenset((ecosystem, name) for _, ecosystem, name in changed)


def _packages(database: SqliteDatabase) -> Iterator[tuple[tuple[str, str, str], bytes]]:
    return (((kind, ecosystem, name), body) for kind, ecosystem, name, body in database.rows())


def _changed_advisories(old: SqliteDatabase, new: SqliteDatabase) -> frozenset[str]:
    changed: set[str] = set()
    for kind in ("advisory", "report"):
        before, after = dict(old.bodies(kind)), dict(new.bodies(kind))
        changed |= {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    flaws = _standing(old) ^ _standing(new)
    for advisories in new.mentions({flaw for flaw, _ in flaws}).values():
        changed.update(advisories)
    return frozenset(changed)


def _standing(database: SqliteDatabase) -> set[tuple[str, str]]:
    """Return each flaw with what counts of its exploitation; flaws that are rarely exploited are left out."""
    listed = {(str(row[0]), "listed") for row in database.scores("kev")}
    scored = {
        (str(row[0]), "likely" if row[1] >= LIKELY else "seen") for row in database.scores("epss") if row[1] >= RARE
    }
    return listed | scored
