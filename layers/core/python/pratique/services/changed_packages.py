"""Which packages a new advisory database says something else about, so that only their images are matched again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pratique.advisories.database import SqliteDatabase
from pratique.advisories.schema import split_rows
from pratique.matching.priority import LIKELY, RARE

Key = tuple[str, str]
"""An ecosystem (with release) and a name as the ecosystem compares names."""


def changed_keys(old: SqliteDatabase, new: SqliteDatabase) -> frozenset[Key]:
    """Return the packages whose findings may differ between two databases.

    That is where a statement or a report of malice came, went or changed, where the text or rating of an advisory
    about the package or about one of its flaws did, and where a flaw's exploitation crossed one of the bounds that
    decide its priority.  A score that moved within its bounds changes no finding, and most scores move every day.
    """
    touched = _touched_advisories(old, new)
    changed = set()
    for (kind, ecosystem, name), before, after in _side_by_side(_packages(old), _packages(new)):
        if before != after or (touched and any(row.advisory in touched for row in split_rows(after))):
            changed.add((kind, ecosystem, name))
    return frozenset((ecosystem, name) for _, ecosystem, name in changed)


def _packages(database: SqliteDatabase) -> Iterator[tuple[tuple[str, str, str], bytes]]:
    return (((kind, ecosystem, name), body) for kind, ecosystem, name, body in database.rows())


def _touched_advisories(old: SqliteDatabase, new: SqliteDatabase) -> frozenset[str]:
    """Return the advisories that changed, and the others about the same flaws: a finding shows what all say."""
    changed: set[str] = set()
    flaws = {flaw for flaw, _ in _standing(old) ^ _standing(new)}
    for identifier, before, after in _side_by_side(old.bodies("advisory"), new.bodies("advisory")):
        if before != after:
            changed.add(identifier)
            for database, body in ((old, before), (new, after)):
                advisory = database.unpack(body) if body else None
                flaws.update((identifier, *advisory.aliases, *advisory.upstream) if advisory else ())
    for identifier, before, after in _side_by_side(old.bodies("report"), new.bodies("report")):
        if before != after:
            changed.add(identifier)
    for advisories in new.mentions(flaws).values():
        changed.update(advisories)
    return frozenset(changed)


def _standing(database: SqliteDatabase) -> set[tuple[str, str]]:
    """Return each flaw with what counts of its exploitation; flaws that are rarely exploited are left out."""
    listed = {(str(row[0]), "listed") for row in database.scores("kev")}
    scored = {
        (str(row[0]), "likely" if row[1] >= LIKELY else "seen") for row in database.scores("epss") if row[1] >= RARE
    }
    return listed | scored


def _side_by_side(
    left: Iterator[tuple[Any, bytes]], right: Iterator[tuple[Any, bytes]]
) -> Iterator[tuple[Any, bytes, bytes]]:
    """Yield each key of two ordered sequences with both bodies, empty where one lacks it; neither is kept whole."""
    first, second = next(left, None), next(right, None)
    while first is not None or second is not None:
        if second is None or (first is not None and first[0] < second[0]):
            assert first is not None  # noqa: S101 - the loop's condition
            yield first[0], first[1], b""
            first = next(left, None)
        elif first is None or second[0] < first[0]:
            yield second[0], b"", second[1]
            second = next(right, None)
        else:
            yield first[0], first[1], second[1]
            first, second = next(left, None), next(right, None)
