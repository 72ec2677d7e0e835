"""Reads CISA's catalogue of known exploited vulnerabilities.

https://www.cisa.gov/known-exploited-vulnerabilities-catalog
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from pratique.errors import FeedError


class _Entry(msgspec.Struct):
    cve_id: str = msgspec.field(name="cveID")
    added: str = msgspec.field(name="dateAdded")
    due: str = msgspec.field(name="dueDate", default="")


class _Catalogue(msgspec.Struct):
    vulnerabilities: list[msgspec.Raw]
    released: str = msgspec.field(name="dateReleased", default="")


class KnownExploited(Struct, frozen=True):
    """One entry: a CVE id, the ISO date it was listed and the date by which US agencies must have acted."""

    id: str
    added: str
    due: str


class Catalogue(Struct, frozen=True):
    """The catalogue's entries and those that could not be read, with the time it was released (RFC 3339)."""

    entries: tuple[KnownExploited, ...]
    refused: tuple[str, ...]
    released: str


def read_catalogue(body: bytes) -> Catalogue:
    """Read the whole catalogue; raises FeedError where the document is not one."""
    try:
        catalogue = msgspec.json.decode(body, type=_Catalogue)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FeedError(f"not a catalogue of known exploited vulnerabilities: {error}") from error
    entries, refused = [], []
    for entry in _entries(catalogue.vulnerabilities):
        if isinstance(entry, str):
            refused.append(entry)
        else:
            entries.append(KnownExploited(entry.cve_id, entry.added, entry.due))
    return Catalogue(tuple(entries), tuple(refused), catalogue.released)


def _entries(raw: list[msgspec.Raw]) -> Iterator[_Entry | str]:
    for item in raw:
        try:
            yield msgspec.json.decode(item, type=_Entry)
        except msgspec.DecodeError as error:
            yield str(error)
