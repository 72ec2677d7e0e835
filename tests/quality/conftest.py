"""What the tests on the shared data have in common."""

from __future__ import annotations

import pytest

from benchmarks.feed_database import feed_database
from pratique.advisories.database import SqliteDatabase
from tests.shared_data import shared


@pytest.fixture(scope="session")
def feed_advisories() -> SqliteDatabase:
    """The advisories of the whole mirror, built once for all workers."""
    return feed_database(shared("feeds"))
