"""Facts of vulnerabilities and samples in the index table, written when they change and only then."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from pratique.adapters.dynamodb_items import pack, unpack
from pratique.adapters.dynamodb_packed import PackedTables, Row
from pratique.adapters.dynamodb_table import ConditionFailed, DynamoTable, Put
from pratique.errors import Conflict
from pratique.model.finding import ImageReport
from pratique.model.sample import ImageSample
from pratique.ports.findings import ProcessingStatus, VulnerabilityFacts
from pratique.ports.queries import SampleFacts, VulnerabilityName
from pratique.services.library_facts import by_id, joined_facts, joined_sample, name_of

_NAMES = "NAMES#V"
_SAMPLES = "NAMES#M"
_NAMES_FANOUT = 64
_KNOWN_KEPT = 100_000
_TRIES = 8
_PAUSE_SECONDS = 0.02


class DynamoLibrary:
    """`Library`, and the side that assessments write."""

    def __init__(self, table: DynamoTable, *, names_seconds: float = 30.0) -> None:
        """Keep facts in ``table``; names that were read up to ``names_seconds`` ago are answered again."""
        self._table = table
        self._names: PackedTables[VulnerabilityName] = PackedTables(table, VulnerabilityName, max_fanout=_NAMES_FANOUT)
        self._samples: PackedTables[SampleFacts] = PackedTables(table, SampleFacts)
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
        return self._samples.rows(_SAMPLES)

    def set_sample_status(
        self, sha256: str, status: ProcessingStatus, *, by: str, note: str, now: datetime
    ) -> SampleFacts | None:
        """Record what people decided."""

        def decided(known: SampleFacts | None) -> SampleFacts | None:
            if known is None:
                return None
            return dataclasses.replace(known, status=status, status_by=by, status_at=now, note=note)

        return self._change(self._samples, _SAMPLES, {sha256: decided}).get(sha256)

    def remember(self, report: ImageReport) -> None:
        """Keep what a report says of its vulnerabilities and samples, before the report becomes visible."""
        self._remember_vulnerabilities(report)
        if report.samples:
            self._change(self._samples, _SAMPLES, {item.sha256: _with(item) for item in report.samples})

    def _remember_vulnerabilities(self, report: ImageReport) -> None:
        """Write the facts that differ from those in the table; names follow, so that every name has facts."""
        seen = {
            identifier: (facts, packages)
            for identifier, (facts, packages) in by_id(report).items()
            if not self._is_known(facts, packages)
        }
        if not seen:
            return
        stored = self.vulnerabilities(seen)
        after = {key: joined_facts(stored.get(key), facts) for key, (facts, _) in seen.items()}
        changed = [facts for key, facts in after.items() if stored.get(key) != facts]
        self._table.write_many(Put({"PK": f"VULN#{facts.id}", "SK": "META", "body": pack(facts)}) for facts in changed)
        self._change(self._names, _NAMES, {key: _named(after[key], packages) for key, (_, packages) in seen.items()})
        if len(self._known) > _KNOWN_KEPT:
            self._known.clear()
        self._known |= seen

    def _is_known(self, facts: VulnerabilityFacts, packages: frozenset[str]) -> bool:
        known = self._known.get(facts.id)
        return known is not None and known[0] == facts and packages <= known[1]

    def _change(
        self,
        tables: PackedTables[Row],
        name: str,
        rules: Mapping[str, Callable[[Row | None], Row | None]],
    ) -> Mapping[str, Row]:
        """Replace rows by rules (None: leave it as it is) and return those there are afterwards."""
        for attempt in range(_TRIES):
            fanout = tables.fanouts([name])[name]
            places = {key: tables.place(name, key, fanout) for key in rules}
            chunks = tables.load(places.values())
            rows = {place: dict(chunk.rows) for place, chunk in chunks.items()}
            for key, rule in rules.items():
                row = rule(rows[places[key]].get(key))
                if row is not None:
                    rows[places[key]][key] = row
            puts = [tables.put(chunk, rows[at]) for at, chunk in chunks.items() if rows[at] != chunk.rows]
            try:
                if puts:
                    self._table.transact(puts)
            except ConditionFailed:
                time.sleep(_PAUSE_SECONDS * attempt)
                continue
            tables.split_if_large(puts)
            return {key: rows[place][key] for key, place in places.items() if key in rows[place]}
        raise Conflict(f"{name} kept being changed by other workers", retryable=True)


def _with(item: ImageSample) -> Callable[[SampleFacts | None], SampleFacts]:
    return lambda known: joined_sample(known, item)


def _named(
    facts: VulnerabilityFacts, packages: frozenset[str]
) -> Callable[[VulnerabilityName | None], VulnerabilityName]:
    return lambda known: name_of(facts, packages, known)
