"""The advisory database is used as it was stored, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import zstandard

from pratique.advisories.starter import starter_database
from pratique.errors import AdvisoryDatabaseError
from pratique.services.advisory_record import CURRENT_KEY, CanaryResult
from pratique.services.current_advisories import current_database
from pratique.services.store_database import store_database
from tests.fakes.objects import MemoryObjects

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def objects(tmp_path: Path) -> MemoryObjects:
    starter = starter_database(tmp_path / "starter")
    (path,) = (tmp_path / "starter").glob("starter-*.sqlite")
    kept = MemoryObjects()
    current = store_database(kept, path, starter.revision, CanaryResult(found=()), now=NOW)
    kept.put(CURRENT_KEY, msgspec.json.encode(current))
    return kept


def key_of(objects: MemoryObjects) -> str:
    (key,) = (key for key in objects.keys("advisories/") if key.endswith(".sqlite.zst"))
    return key


def test_database_is_loaded_as_it_was_stored(objects: MemoryObjects, tmp_path: Path) -> None:
    assert current_database(objects, tmp_path / "loaded").ecosystems()


def test_another_database_in_its_place_is_refused(objects: MemoryObjects, tmp_path: Path) -> None:
    body = zstandard.ZstdDecompressor().decompress(objects.get(key_of(objects)) or b"", max_output_size=1 << 30)
    altered = body[:-1] + bytes([body[-1] ^ 1])
    objects.put(key_of(objects), zstandard.compress(altered))
    with pytest.raises(AdvisoryDatabaseError, match="not the one that was stored"):
        current_database(objects, tmp_path / "loaded")
    assert not list((tmp_path / "loaded").iterdir())


def test_cut_database_is_refused(objects: MemoryObjects, tmp_path: Path) -> None:
    objects.put(key_of(objects), (objects.get(key_of(objects)) or b"")[:-20])
    with pytest.raises(AdvisoryDatabaseError):
        current_database(objects, tmp_path / "loaded")
    assert not list((tmp_path / "loaded").iterdir())
