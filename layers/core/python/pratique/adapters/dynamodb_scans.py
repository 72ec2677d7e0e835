"""Records of scans in DynamoDB, listed by the month they started in."""

from __future__ import annotations

from datetime import datetime, timedelta

from pratique.adapters.dynamodb_finding_items import META, moment, moment_text
from pratique.adapters.dynamodb_items import Expression, Item, Value
from pratique.adapters.dynamodb_scan_images import KEPT_DAYS, DynamoScanImages
from pratique.adapters.dynamodb_table import ConditionFailed, Put, Update
from pratique.adapters.months import months_back
from pratique.errors import StoreError
from pratique.ports.queries import ScanPage
from pratique.ports.scans import ScanRecord, ScanState

_COUNTS = tuple(name for name in ScanRecord.__struct_fields__ if ScanRecord.__annotations__[name] == "int")
_FIELDS = frozenset(ScanRecord.__struct_fields__) - {"id"}
_TRIES = 5
_MOST_DETAIL = 2000
_NEW = Expression("attribute_not_exists(#PK)")


class DynamoScans(DynamoScanImages):
    """`ScanStore` and `ScanReader` on the findings table."""

    def start(self, record: ScanRecord) -> bool:
        """Store a new record, which expires after 90 days."""
        try:
            self._table.write(Put(_item(record), _NEW))
        except ConditionFailed:
            return False
        return True

    def update(self, scan_id: str, **changes: object) -> None:
        """Set fields; a field set to None is removed.

        A state for a scan that has ended comes too late, and nothing of that change is written.  Raises StoreError for
        unknown fields and records.
        """
        unknown = changes.keys() - _FIELDS
        if unknown:
            raise StoreError(f"a scan has no field {', '.join(sorted(unknown))}")
        values = {name: _value(change) for name, change in changes.items()}
        kept = {name: value for name, value in values.items() if value is not None}
        gone = sorted(values.keys() - kept.keys())
        parts = [f"SET {', '.join(f'#{name} = :{name}' for name in kept)}"] if kept else []
        parts += [f"REMOVE {', '.join(f'#{name}' for name in gone)}"] if gone else []
        if parts:
            only_open = " AND attribute_not_exists(#ended)" if "state" in changes else ""
            self._change(scan_id, Expression(" ".join(parts), kept), only_open)

    def start_alone(self, record: ScanRecord, *, longest: timedelta) -> ScanRecord:
        """Write the record together with the entry that says which scan of the scope runs."""
        # A reconciliation leaves known images out: whoever asks for all of them must not be given it.
        apart = "#new" if record.trigger == "reconciliation" else ""
        at = (f"SCAN#SCOPE#{record.scope}{apart}", META)
        for _ in range(_TRIES):
            entry = self._table.get(at)
            running = self.get(str(entry["scan"])) if entry else None
            if running and running.ended is None and running.started > record.started - longest:
                return running
            free = Expression("#scan = :scan", {"scan": str(entry["scan"])}) if entry else _NEW
            claim: Item = {"PK": at[0], "SK": at[1], "scan": record.id}
            try:
                self._table.transact([Put(_item(record), _NEW), Put(claim, free)])
            except ConditionFailed as error:
                if 0 in error.positions and (known := self.get(record.id)):
                    return known
            else:
                return record
        raise StoreError(f"scans of {record.scope} kept being started by others", retryable=True)

    def end(self, scan_id: str, state: ScanState, *, at: datetime, detail: str) -> bool:
        """End a scan by a conditional write."""
        values: dict[str, Value] = {"state": state.value, "ended": moment_text(at), "detail": detail[:_MOST_DETAIL]}
        change = Expression("SET #state = :state, #ended = :ended, #detail = :detail", values)
        open_ = Expression("attribute_exists(#PK) AND attribute_not_exists(#ended)")
        try:
            self._table.write(Update((f"SCAN#{scan_id}", META), change, open_))
        except ConditionFailed:
            return False
        return True

    def get(self, scan_id: str) -> ScanRecord | None:
        """Return one record, or None."""
        item = self._table.get((f"SCAN#{scan_id}", META))
        return _record(item) if item else None

    def page(self, *, after: str, limit: int, now: datetime) -> ScanPage:
        """Return records month by month, as far back as any are kept."""
        records: list[ScanRecord] = []
        position = after
        for month in (_list_of(month) for month in months_back(now, KEPT_DAYS)):
            start, _, behind = position.partition("|")
            if position and month > start:
                continue
            found, last = self._month_page(month, behind if month == start else "", limit - len(records))
            records.extend(found)
            if last or len(records) == limit:
                return ScanPage(tuple(records), f"{month}|{last or ' '}")
        return ScanPage(tuple(records), None)

    def _month_page(self, month: str, behind: str, limit: int) -> tuple[list[ScanRecord], str]:
        within: dict[str, Value] = {"month": month}
        text = "#GSI1PK = :month"
        if behind:
            within["behind"] = behind
            text += " AND #GSI1SK < :behind"
        items, last = self._table.page(Expression(text, within), index="GSI1", limit=limit, backwards=True)
        keys = [(str(item["PK"]), META) for item in items]
        found = self._table.get_many(keys)
        records = [_record(found[key]) for key in keys if key in found]
        return records, str(last["GSI1SK"]) if last else ""

    def _change(self, scan_id: str, change: Expression, only_open: str) -> None:
        try:
            self._table.write(
                Update((f"SCAN#{scan_id}", META), change, Expression(f"attribute_exists(#PK){only_open}"))
            )
        except ConditionFailed as error:
            if not only_open or self.get(scan_id) is None:
                raise StoreError(f"there is no scan {scan_id}") from error


def _item(record: ScanRecord) -> Item:
    values = {name: _value(getattr(record, name)) for name in _FIELDS}
    item: Item = {name: value for name, value in values.items() if value is not None}
    return item | {
        "PK": f"SCAN#{record.id}",
        "SK": META,
        "GSI1PK": _list_of(moment_text(record.started)[:7]),
        "GSI1SK": f"{moment_text(record.started)}#{record.id}",
        "expires": int((record.started + timedelta(days=KEPT_DAYS)).timestamp()),
    }


def _list_of(month: str) -> str:
    return f"SCANS#{month}"


def _value(value: object) -> Value | None:
    match value:
        case None:
            return None
        case datetime():
            return moment_text(value)
        case ScanState():
            return value.value
        case str() | int():
            return value
        case _:
            raise StoreError(f"a scan's field cannot be {type(value).__name__}")


def _record(item: Item) -> ScanRecord:
    started = moment(item.get("started"))
    if started is None:
        raise StoreError("a scan has no start")
    numbers = {name: number for name in _COUNTS if isinstance(number := item.get(name), int)}
    return ScanRecord(
        id=str(item["PK"]).removeprefix("SCAN#"),
        trigger=str(item.get("trigger", "")),
        scope=str(item.get("scope", "")),
        state=ScanState(str(item["state"])),
        started=started,
        ended=moment(item.get("ended")),
        detail=str(item.get("detail", "")),
        **{**dict.fromkeys(_COUNTS, 0), **numbers},
    )
