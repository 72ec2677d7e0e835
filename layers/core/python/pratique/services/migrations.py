"""What an upgrade does to items that an older version stored: small steps in one order, each safe to repeat.

Fields that were added need none: stored values take their defaults.  A step is for what was kept in another place or
form.  It never removes what the version before it reads, so that a deployment can be rolled back.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, to_builtins

from pratique.model.scan_id import scan_id
from pratique.ports.audit import AuditLog, AuditRecord
from pratique.ports.scans import SettingsStore

_PAGE = 100


class MigratedStores(Struct, frozen=True):
    """What steps may read and write."""

    settings: SettingsStore
    audit: AuditLog


class Migration(Struct, frozen=True):
    """One step: after it the tables have ``version``; ``title`` is for the log."""

    version: int
    title: str
    run: Callable[[MigratedStores], None]


def list_settings_changes(stores: MigratedStores) -> None:
    """Put who changed the settings before there was an audit list into it."""
    before = 0
    while changes := stores.settings.history(before=before, limit=_PAGE):
        for change in changes:
            stores.audit.put(
                AuditRecord(
                    id=scan_id(change.at, f"settings {change.version}"),
                    at=change.at,
                    by=change.by,
                    action="PUT",
                    about="/v1/settings",
                    after=to_builtins(change.settings),
                    outcome="200",
                )
            )
        before = changes[-1].version
        if before <= 1:
            return


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "changes of the settings are in the audit list", list_settings_changes),
)

SCHEMA_VERSION = MIGRATIONS[-1].version
"""The version of the tables that this program writes."""
