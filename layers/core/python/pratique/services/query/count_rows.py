"""Rows of counts in any scope, put together from the stored tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pratique.errors import InvalidValue
from pratique.ports.counts import ContributionChange, CountRow, Table, TableName
from pratique.services.contributions import contribution_of, deltas
from pratique.services.finding_changes import Stored
from pratique.services.query.names import NameSearch
from pratique.services.query.reading import Reading
from pratique.services.query.scope import ScopeFilter

MAX_REPOSITORIES = 500
"""Counts of a repository name that fits more than this are refused rather than read."""


def rows_in(reading: Reading, table: Table, scope: ScopeFilter, repository_name: str) -> Mapping[str, CountRow]:
    """Return the rows of ``table`` for the images in ``scope`` whose repository's name is like ``repository_name``.

    Images stand in one repository each, so rows of several repositories or instances add up.
    """
    if scope.digest:
        return _rows_of_images(reading, table, scope, repository_name)
    if repository_name:
        found = repositories_like(reading, scope, repository_name)
        if len(found) > MAX_REPOSITORIES:
            raise InvalidValue(
                f"{repository_name!r} fits {len(found)} repositories: name an instance or a namespace too"
            )
        return _added(reading.counts.rows_of([TableName(table, f"R#{name}") for name in found]).values())
    names = [TableName(table, text) for text in _scopes(reading, scope)]
    if len(names) == 1:
        return reading.counts.rows(names[0])
    return _added(reading.counts.rows_of(names).values())


def repositories_like(reading: Reading, scope: ScopeFilter, wanted: str) -> dict[str, CountRow]:
    """Return the rows of the repositories in ``scope`` whose name is like ``wanted`` (empty: all), in order."""
    rows = reading.counts.rows(TableName(Table.REPOSITORIES))

    def like() -> dict[str, CountRow]:
        named = _search(reading, rows).matching(wanted) if wanted else rows
        return {key: rows[key] for key in sorted(named) if scope.holds_repository(*_split(key))}

    return reading.remembered.answer(("repositories", scope, wanted), (rows,), like)


def _search(reading: Reading, rows: Mapping[str, CountRow]) -> NameSearch:
    return reading.remembered.answer(
        "names of repositories", (rows,), lambda: NameSearch({key: (_split(key)[1],) for key in rows})
    )


def _split(key: str) -> tuple[str, str]:
    instance, _, repository = key.partition("/")
    return instance, repository


def _scopes(reading: Reading, scope: ScopeFilter) -> list[str]:
    """Return the stored scopes that a scope is made of."""
    if scope.namespace is not None and scope.repository and scope.repository.rpartition("/")[0] != scope.namespace:
        return []
    if not (scope.namespace is not None or scope.repository):
        return [f"I#{scope.instance}"] if scope.instance else ["ALL"]
    instances = [scope.instance] if scope.instance else reading.findings.instances()
    name = f"R#{{}}/{scope.repository}" if scope.repository else f"N#{{}}/{scope.namespace}"
    return [name.format(instance) for instance in instances]


def _added(tables: Iterable[Mapping[str, CountRow]]) -> dict[str, CountRow]:
    total: dict[str, CountRow] = {}
    for table in tables:
        for key, row in table.items():
            known = total.get(key)
            total[key] = row if known is None else _sum(known, row)
    return total


def _sum(left: CountRow, right: CountRow) -> CountRow:
    firsts = [moment for moment in (left.first, right.first) if moment]
    lasts = [moment for moment in (left.last, right.last) if moment]
    bands = dict(left.bands)
    for band, number in right.bands.items():
        bands[band] = bands.get(band, 0) + number
    return CountRow(bands, min(firsts, default=None), max(lasts, default=None))


def _rows_of_images(reading: Reading, table: Table, scope: ScopeFilter, repository_name: str) -> Mapping[str, CountRow]:
    """Count the findings of the few images that have one digest."""
    like = repositories_like(reading, scope, repository_name) if repository_name else None
    tables = []
    for image in reading.findings.holders(scope.digest):
        stored = reading.findings.image(image)
        fits = scope.holds(image) and (like is None or f"{image.instance}/{image.repository}" in like)
        if stored is None or not fits:
            continue
        vulnerabilities, samples = reading.findings.findings(image)
        items: tuple[Stored, ...] = (*vulnerabilities, *samples)
        after = contribution_of(items, retired=False, status=stored.status, last_scan=stored.last_scan)
        first = {item.id: item.first_seen for item in vulnerabilities} | {
            item.sha256: item.first_seen for item in samples
        }
        rows: dict[str, CountRow] = {}
        for delta in deltas(ContributionChange(image, None, after)):
            if delta.name == TableName(table):
                rows[delta.key] = CountRow({delta.band: 1}, first.get(delta.key), stored.last_scan)
        tables.append(rows)
    return _added(tables)
