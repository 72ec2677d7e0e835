"""The form of the tables."""

from __future__ import annotations

from functools import cache

from pratique.services.migrate_tables import MigrateTables, refuse_newer
from pratique.services.migrations import MigratedStores
from pratique.wiring.stores import clock, stores


def migrate_tables() -> MigrateTables:
    """Return what brings the tables to the form of this version."""
    kept = stores()
    return MigrateTables(kept.schema, MigratedStores(kept.settings, kept.audit), clock())


@cache
def known_schema() -> int:
    """Return the version of the tables, asked once in a process; raises SchemaTooNew for one of a newer program."""
    return refuse_newer(stores().schema)
