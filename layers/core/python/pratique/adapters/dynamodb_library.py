"""Facts of vulnerabilities and samples in the index table, written when they change and only then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from pratique.adapters.dynamodb_items import pack, unpack
from pratique.adapters.dynamodb_packed import PackedTables
from pratique.adapters.dynamodb_sample_facts import DynamoSampleFacts
from pratique.adapters.dynamodb_table import DynamoTable, Put
from pratique.adapters.table_listings import TableListings
from pratique.model.finding import ImageReport
from pratique.model.processing import Decision, ProcessingStatus
from pratique.ports.findings import VulnerabilityFacts
from pratique.ports.queries import SampleFacts, VulnerabilityName
from pratique.services.library_facts import by_id, joined_facts, name_of

_NAMES = "NAMES#V"
_KNOWN_KEPT = 100_000


class DynamoLibrary:
    """`Library`, and the side that assessments write."""

    def __init__(
        self, table: DynamoTable, *, listings: TableListings | None = None, names_seconds: float = 30.0
    ) -> None:
        """Keep facts in ``table``, and listings of names in ``listings``.

        Names that were read up to ``names_seconds`` ago are answered again.
        """
        self._table = table
        self._names: PackedTables[VulnerabilityName] = PackedTables(table, VulnerabilityName, listings=listings)
        self.sample_facts = DynamoSampleFacts(table, listings=listings)
        self._names_seconds = names_seconds
        self._names_read: tuple[float, Mapping[str, VulnerabilityName]] | None = None
        self._known: dict[str, tuple[VulnerabilityFacts, frozenset[str]]] = {}

    def vulnerabilities(self, ids: Iterable[str]) -> Mapping[str, VulnerabilityFacts]:
        """Return the facts by id."""
        items = self._table.get_many((f"VULN#{identifier}", "META") for identifier in ids)
        facts = (unpack(item["body"], VulnerabilityFacts) for item in items.values())
        return {fact.id: fact for fact in facts}

    def names(self) -> Mapping[str, VulnerabilityName]:
        """Return every vulnerability ever found, as it was at most ``names_seconds`` ago."""
        if self._names_read is None or time.monotonic() - self._names_read[0] >= self._names_seconds:
            self._names_read = (time.monotonic(), self._names.rows(_NAMES))
        return self._names_read[1]

    def samples(self) -> Mapping[str, SampleFacts]:
        """Return every sample ever found."""
        return self.sample_facts.samples()

    def sample(self, sha256: str) -> SampleFacts | None:
        """Return one sample as it is now."""
        return self.sample_facts.sample(sha256)

    def publish(self) -> None:
        """Store listings of names and samples where they changed."""
        self._names.publish([_NAMES], touched=True)
        self.sample_facts.publish()

    def decide(
        self,
        sha256: str,
        status: ProcessingStatus,
        *,
        by: str,
        note: str,
        now: datetime,
        expected_version: int | None = None,
    ) -> SampleFacts | None:
        """Record what somebody decided about a sample."""
        return self.sample_facts.decide(sha256, status, by=by, note=note, now=now, expected_version=expected_version)

    def decisions(self, sha256: str, *, limit: int) -> tuple[Decision, ...]:
        """Return the last decisions about a sample, newest first."""
        return self.sample_facts.decisions(sha256, limit=limit)

    def remember(self, report: ImageReport, now: datetime) -> None:
        """Keep what a report says of its vulnerabilities and samples, before the report becomes visible."""
        self._remember_vulnerabilities(report, now.astimezone(UTC).date().isoformat())
        self.sample_facts.remember(report.samples)

    def _remember_vulnerabilities(self, report: ImageReport, day: str) -> None:
        """Write the facts that differ from those in the table; names follow, so that every name has facts."""
        seen = {
            identifier: (facts, packages)
            for identifier, (facts, packages) in by_id(report).items()
            if not self._is_known(facts, packages)
        }
        if not seen:
            return
        stored = self.vulnerabilities(seen)
        after = {key: joined_facts(stored.get(key), facts, day) for key, (facts, _) in seen.items()}
        changed = [facts for key, facts in after.items() if stored.get(key) != facts]
        self._table.write_many(Put({"PK": f"VULN#{facts.id}", "SK": "META", "body": pack(facts)}) for facts in changed)
        self._names.change(_NAMES, {key: _named(after[key], packages) for key, (_, packages) in seen.items()})
        if len(self._known) > _KNOWN_KEPT:
            self._known.clear()
        self._known |= seen

    def _is_known(self, facts: VulnerabilityFacts, packages: frozenset[str]) -> bool:
        known = self._known.get(facts.id)
        return known is not None and known[0] == facts and packages <= known[1]


def _named(
    facts: VulnerabilityFacts, packages: frozenset[str]
) -> Callable[[VulnerabilityName | None], VulnerabilityName]:
    return lambda known: name_of(facts, packages, known)
