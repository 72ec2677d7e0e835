"""Take a VEX document in: what it states becomes suppressions, which a newer version of the document replaces."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from msgspec import Struct, structs

from pratique.errors import Conflict, InvalidValue, StoreError
from pratique.model.allow_list import EntryState
from pratique.model.scan_id import scan_id
from pratique.model.suppression import Covers, Suppression, VexDocument
from pratique.ports.clock import Clock
from pratique.ports.suppressions import Suppressions
from pratique.reports.serial_number import serial_number
from pratique.vex.read import read_vex
from pratique.vex.reading import Ignored, Statement, VexReading

_log = logging.getLogger(__name__)

MOST_STATEMENTS = 500
_NUMBER = re.compile(r"\d+")
_NO_TIME = datetime.min.replace(tzinfo=UTC)


class OlderDocument(InvalidValue):
    """A newer version of the document is in force."""


class VexScope(Struct, frozen=True):
    """The images that a document is taken for, beside what it says itself: a glob over repositories, and a digest."""

    repository: str = ""
    digest: str = ""


class TakenVex(Struct, frozen=True):
    """What became of a document: suppressions that came, stayed and ended, and what it says that hides nothing."""

    reading: VexReading
    added: tuple[Suppression, ...]
    kept: tuple[Suppression, ...]
    ended: tuple[Suppression, ...]
    ignored: tuple[Ignored, ...]


class TakeVex(Struct, frozen=True):
    """Records what documents state, and lets images be judged again where that changes what is hidden."""

    suppressions: Suppressions
    clock: Clock
    judge_again: Callable[[], None]

    def __call__(self, body: bytes, scope: VexScope, *, by: str) -> TakenVex:
        """Take a document; the same one again changes nothing.

        Raises InvalidValue for what is no VEX document or has no id, OlderDocument where a newer version is in force,
        and Conflict where somebody changed one of its suppressions in between.
        """
        serials = {str(serial_number(scope.digest)): scope.digest} if scope.digest else {}
        reading = read_vex(body, serials=serials)
        statements, ignored = _within(reading.statements, scope)
        _check(reading, statements)
        before = self._in_force(reading.document)
        added, kept, ended = self._replace(reading.document, statements, before, by)
        if added or ended:
            self._begin()
        _log.info("VEX document taken", extra={"document": reading.document.id, "added": len(added), "by": by})
        return TakenVex(reading, added, kept, ended, (*reading.ignored, *ignored))

    def _in_force(self, document: VexDocument) -> list[Suppression]:
        """Return the active suppressions of the document's versions; raises OlderDocument where one is newer."""
        now = self.clock.now()
        known = [
            one
            for one in self.suppressions.all()
            if one.document and (one.document.id, one.document.author) == (document.id, document.author)
        ]
        newest = max((one.document for one in known if one.document), key=_edition, default=document)
        if _edition(newest) > _edition(document):
            raise OlderDocument(
                f"version {newest.version or '?'} of the document {document.id!r} was taken before and is newer than "
                f"this one, version {document.version or '?'}"
            )
        return [one for one in known if one.state(now) is EntryState.ACTIVE]

    def _replace(
        self, document: VexDocument, statements: Iterable[Statement], before: Iterable[Suppression], by: str
    ) -> tuple[tuple[Suppression, ...], tuple[Suppression, ...], tuple[Suppression, ...]]:
        """Add what is new before ending what is not stated any more: nothing is open in between."""
        now = self.clock.now()
        old = {(one.covers, one.justification, one.reason): one for one in before}
        added, kept = [], []
        for statement in statements:
            same = old.pop((statement.covers, statement.justification, statement.reason), None)
            if same is None:
                added.append(_suppression(statement, document, by, now))
            else:
                kept.append(structs.replace(same, document=document))
                self._change(kept[-1], same)
        for one in added:
            self.suppressions.add(one)
        ended = [structs.replace(one, removed_by=by, removed_at=now) for one in old.values()]
        for after, one in zip(ended, old.values(), strict=True):
            self._change(after, one)
        return tuple(added), tuple(kept), tuple(ended)

    def _change(self, after: Suppression, before: Suppression) -> None:
        if after != before and not self.suppressions.replace(after, before=before):
            raise Conflict("a suppression of the document was changed in between")

    def _begin(self) -> None:
        try:
            self.judge_again()
        except StoreError as error:
            # The hourly run finds every suppression that images were not judged with.
            _log.warning("images are judged again later", extra={"reason": str(error)})


def _within(statements: Iterable[Statement], scope: VexScope) -> tuple[list[Statement], list[Ignored]]:
    narrowed, outside = [], []
    for one in statements:
        if one.covers.digest and scope.digest and one.covers.digest != scope.digest:
            outside.append(Ignored(one.place, "it is about another image than the one that the document is taken for"))
            continue
        covers: Covers = structs.replace(
            one.covers, repository=scope.repository, digest=one.covers.digest or scope.digest
        )
        narrowed.append(structs.replace(one, covers=covers))
    return narrowed, outside


def _check(reading: VexReading, statements: list[Statement]) -> None:
    if not reading.document.id:
        raise InvalidValue(
            "the document has no id (`$.@id`, `$.document.tracking.id` or `$.serialNumber`): "
            "without one, a newer version of it would not be recognised"
        )
    if len(statements) > MOST_STATEMENTS:
        raise InvalidValue(
            f"the document hides {len(statements)} things, and at most {MOST_STATEMENTS} of one document are kept"
        )


def _edition(document: VexDocument) -> tuple[tuple[int, ...], datetime]:
    """Return what orders a document's versions: the numbers of its version, then its time."""
    return tuple(int(number[:9]) for number in _NUMBER.findall(document.version)), document.issued or _NO_TIME


def _suppression(statement: Statement, document: VexDocument, by: str, now: datetime) -> Suppression:
    return Suppression(
        id=scan_id(now, f"vex {document.id} {document.author} {statement.place} {statement.covers}"),
        covers=statement.covers,
        reason=statement.reason,
        owner=document.author or by,
        added_by=by,
        added_at=now,
        justification=statement.justification,
        document=document,
    )
