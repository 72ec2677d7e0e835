"""What every question is answered from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pratique.ports.advisories import AdvisoryRevision
from pratique.ports.clock import Clock
from pratique.ports.counts import CountIndex
from pratique.ports.queries import FindingReader, Library, ScanReader, VulnerabilityName
from pratique.ports.scans import SettingsStore
from pratique.services.query.names import NameSearch
from pratique.services.query.page import CursorSigner


class VulnerabilitySearch:
    """Keeps the folded names of vulnerabilities for as long as the library answers the same names."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._names: Mapping[str, VulnerabilityName] = {}
        self._search = NameSearch({})

    def matching(self, names: Mapping[str, VulnerabilityName], wanted: str) -> frozenset[str]:
        """Return the ids that ``wanted`` finds by id, alias or title."""
        if names is not self._names:
            self._names = names
            self._search = NameSearch({key: (key, *name.aliases, name.title) for key, name in names.items()})
        return self._search.matching(wanted)


@dataclass(frozen=True, slots=True)
class Reading:
    """The ports of the query side; ``advisories`` tells the current advisory revision, None where there is none."""

    findings: FindingReader
    counts: CountIndex
    library: Library
    scans: ScanReader
    settings: SettingsStore
    cursors: CursorSigner
    clock: Clock
    advisories: Callable[[], AdvisoryRevision | None]
    search: VulnerabilitySearch = field(default_factory=VulnerabilitySearch)
