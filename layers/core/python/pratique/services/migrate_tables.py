"""Bring the tables to the form that this version writes; run by the first tick after an upgrade."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from msgspec import Struct

from pratique.errors import StoreError
from pratique.ports.clock import Clock
from pratique.ports.schema import SchemaStore
from pratique.services.migrations import MIGRATIONS, SCHEMA_VERSION, MigratedStores, Migration

_log = logging.getLogger(__name__)

LEASE_SECONDS = 900
"""As long as a function may run: whoever holds the work longer is dead."""


class SchemaTooNew(StoreError):
    """A newer version of this program has written the tables: this one does not know their form."""


def refuse_newer(schema: SchemaStore, known: int = SCHEMA_VERSION) -> int:
    """Return the version that the tables have; raises SchemaTooNew where it is above ``known``."""
    version = schema.version()
    if version > known:
        raise SchemaTooNew(
            f"the tables have schema version {version} and this program knows {known}: "
            "deploy the version that wrote them, or a newer one"
        )
    return version


class MigrateTables(Struct, frozen=True):
    """Runs the steps that the tables have not seen, one worker at a time."""

    schema: SchemaStore
    stores: MigratedStores
    clock: Clock
    migrations: Sequence[Migration] = MIGRATIONS

    def __call__(self, owner: str) -> int:
        """Run what is missing and return the version that the tables have then.

        A step that fails is run again by the next call, as is one whose worker died.  Raises SchemaTooNew, StoreError.
        """
        version = refuse_newer(self.schema, self.migrations[-1].version)
        missing = [step for step in self.migrations if step.version > version]
        if not missing or not self.schema.begin(owner, now=self.clock.now(), seconds=LEASE_SECONDS):
            return version
        try:
            for step in missing:
                step.run(self.stores)
                if not self.schema.reached(step.version, owner):
                    return version  # it took so long that somebody else goes on
                version = step.version
                _log.info("tables migrated", extra={"version": version, "title": step.title})
        finally:
            self.schema.end(owner)
        return version
