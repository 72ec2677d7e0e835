"""Puts an advisory database into the object store, compressed, where its record says it lies."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import zstandard

from pratique.advisories.build import hash_of
from pratique.advisories.schema import SCHEMA_VERSION
from pratique.ports.advisories import AdvisoryRevision
from pratique.ports.objects import ObjectStore
from pratique.services.advisory_record import CanaryResult, CurrentAdvisories, database_key

_CHUNK = 4 * 1024 * 1024


def store_database(
    objects: ObjectStore, path: Path, revision: AdvisoryRevision, canary: CanaryResult, *, now: datetime, level: int = 9
) -> CurrentAdvisories:
    """Store the database file at ``path`` and return its record; ``level`` is how hard zstd tries, 1 to 22."""
    key = database_key(revision.revision)
    body = _compressed(path, level)
    if not objects.put_if_absent(key, body):
        objects.put(key, body)  # left by an update that did not get as far as the record
    return CurrentAdvisories(
        revision=revision.revision,
        key=key,
        sha256=hash_of(path),
        size=path.stat().st_size,
        built=revision.built,
        sources=revision.sources,
        canary=canary,
        checked=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        schema=SCHEMA_VERSION,
    )


def _compressed(path: Path, level: int) -> bytes:
    """Return a file's content compressed, holding no more of the file in memory than a piece."""
    compressor = zstandard.ZstdCompressor(level=level).compressobj(size=path.stat().st_size)
    with path.open("rb") as file:
        pieces = [compressor.compress(piece) for piece in iter(lambda: file.read(_CHUNK), b"")]
    return b"".join((*pieces, compressor.flush()))
