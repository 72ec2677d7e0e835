"""Repositories by how many of their images are at risk."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from pratique.ports.counts import CountRow
from pratique.services.query.count_rows import repositories_like
from pratique.services.query.overview import ImageTotals, image_totals
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.row_order import cut, ranked
from pratique.services.query.scope import EVERYWHERE, ScopeFilter


class RepositoryFilter(Struct, frozen=True):
    """What has to fit; ``name`` is part of a repository's name, typing errors forgiven."""

    scope: ScopeFilter = EVERYWHERE
    name: str = ""


class RepositoryRow(Struct, frozen=True):
    """One repository with its images by risk; ``last_scan`` is when the last scan of any of them ended."""

    instance: str
    repository: str
    images: ImageTotals
    last_scan: datetime | None


def list_repositories(reading: Reading, wanted: RepositoryFilter, page: PageRequest) -> Page[RepositoryRow]:
    """Return one page of the repositories, those with most images at high, then medium, then low risk first.

    Raises InvalidValue for a scope that names a digest.
    """
    rows = repositories_like(reading, wanted.scope.without_digest("the list of repositories"), wanted.name)
    found = {key: _row(key, row) for key, row in rows.items()}
    orders = {key: (-row.images.high, -row.images.medium, -row.images.low) for key, row in found.items()}
    keys, cursor = cut(reading.cursors, ("repositories", wanted), ranked(orders), page)
    return Page(tuple(found[key] for key in keys), cursor, len(found))


def _row(key: str, row: CountRow) -> RepositoryRow:
    instance, _, repository = key.partition("/")
    return RepositoryRow(instance, repository, image_totals([row]), row.last)
