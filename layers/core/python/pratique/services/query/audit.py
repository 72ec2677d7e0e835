"""The list of changes."""

from __future__ import annotations

from msgspec import Struct

from pratique.ports.audit import AuditRecord
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading

READ_BUDGET = 500


class AuditFilter(Struct, frozen=True):
    """What has to fit, all of it: exactly who, and how what was changed begins."""

    by: str = ""
    about: str = ""

    def fits(self, record: AuditRecord) -> bool:
        """Whether a record is wanted."""
        return self.by in ("", record.by) and record.about.startswith(self.about)


def list_changes(reading: Reading, wanted: AuditFilter, page: PageRequest) -> Page[AuditRecord]:
    """Return one page, newest first; where few fit it may be short and still have a next one."""
    bound = ("audit", wanted.by, wanted.about)
    position: str | None = reading.cursors.open(bound, page.cursor)
    found: list[AuditRecord] = []
    read, now = 0, reading.clock.now()
    while position is not None:
        if len(found) == page.limit or read >= READ_BUDGET:
            return Page(tuple(found), reading.cursors.seal(bound, position), None)
        listed = reading.audit.page(after=position, limit=page.limit - len(found), now=now)
        found.extend(record for record in listed.records if wanted.fits(record))
        read += max(1, len(listed.records))
        position = listed.after
    return Page(tuple(found), None, None)
