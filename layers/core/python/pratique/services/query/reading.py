"""What every question is answered from."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, cast

import msgspec
from msgspec import Struct, field

from pratique.ports.advisories import AdvisoryRevision
from pratique.ports.allow_list import AllowList
from pratique.ports.audit import AuditLog
from pratique.ports.clock import Clock
from pratique.ports.counts import CountIndex
from pratique.ports.queries import FindingReader, Library, ScanReader, VulnerabilityName
from pratique.ports.scans import SettingsStore
from pratique.ports.suppressions import Suppressions
from pratique.ports.trend import TrendStore
from pratique.services.query.names import NameSearch
from pratique.services.query.page import CursorSigner

T = TypeVar("T")
_ANSWERS_KEPT = 32


class VulnerabilitySearch:
    """Keeps the folded names of vulnerabilities for as long as the library answers the same names."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._names: Mapping[str, VulnerabilityName] = {}
        self._search = NameSearch({})

    def matching(self, names: Mapping[str, VulnerabilityName], wanted: str) -> Sequence[str]:
        """Return the ids that ``wanted`` finds by id, alias or title."""
        if names is not self._names:
            self._names = names
            self._search = NameSearch({key: (key, *name.aliases, name.title) for key, name in names.items()})
        return self._search.matching(wanted)


class Remembered:
    """Keeps the last answers that were worked out from mappings which the stores still answer.

    Stores answer the same mapping again for as long as nothing changed, so a list that was put in order for its
    first page needs only be cut for the next ones.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._answers: dict[bytes, tuple[tuple[object, ...], object]] = {}

    def answer(self, question: object, sources: tuple[object, ...], work_out: Callable[[], T]) -> T:
        """Return what ``work_out`` returned for the same question and the very same sources, or returns now."""
        key = msgspec.json.encode(question)
        known = self._answers.pop(key, None)
        if known and len(known[0]) == len(sources) and all(map(operator.is_, known[0], sources)):
            self._answers[key] = known
            return cast("T", known[1])
        answer = work_out()
        if len(self._answers) >= _ANSWERS_KEPT:
            self._answers.pop(next(iter(self._answers)))
        self._answers[key] = (sources, answer)
        return answer


class Reading(Struct, frozen=True):
    """The ports of the query side; ``advisories`` tells the current advisory revision, None where there is none."""

    findings: FindingReader
    counts: CountIndex
    library: Library
    scans: ScanReader
    settings: SettingsStore
    trend: TrendStore
    allow_list: AllowList
    suppressions: Suppressions
    audit: AuditLog
    cursors: CursorSigner
    clock: Clock
    advisories: Callable[[], AdvisoryRevision | None]
    search: VulnerabilitySearch = field(default_factory=VulnerabilitySearch)
    remembered: Remembered = field(default_factory=Remembered)
