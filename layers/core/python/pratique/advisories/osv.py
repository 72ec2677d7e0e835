"""Reads OSV records into advisories and their statements.

https://ossf.github.io/osv-schema/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from pratique.advisories.intervals import Range, intervals_of, versions_beyond
from pratique.advisories.names import base_of, normalised_name
from pratique.advisories.ratings import leading_word, rated_by, vector_rating, word_rating
from pratique.errors import FeedError
from pratique.model.advisory import Advisory, FixState, Interval, Statement
from pratique.model.severity import Rating

MAX_DETAILS = 2000
"""Characters of an advisory's text that are kept."""

_MAX_REFERENCES = 20
# The prefix that the schema gives to reports of malicious packages (https://github.com/ossf/malicious-packages).
_MALICIOUS = "MAL-"
_MODULE = re.compile(r"\.module[+_]")
_STREAM = re.compile(r"(?:^|[\s,])([A-Za-z0-9][\w.+-]*:[A-Za-z0-9][\w.+-]*)(?=[\s,/]|$)")
_NOT_SECURITY = (
    "ALBA-",
    "ALEA-",
    "RLBA-",
    "RLEA-",
    "RHBA-",
    "RHEA-",
    "SUSE-RU-",
    "SUSE-FU-",
    "SUSE-OU-",
    "openSUSE-RU-",
)
# Their advisories name the flaws in `related`, because one advisory mends several.
_RELATED_IS_UPSTREAM = frozenset({"AlmaLinux", "Rocky Linux", "Red Hat", "SUSE", "openSUSE", "Oracle Linux"})

# Where distributions say what will become of a flaw, and their words for "nothing".
_STATES = ("status", "urgency")
_WILL_NOT_FIX = frozenset({"ignored", "end-of-life", "won't fix", "wont-fix", "will not fix", "out of support scope"})


class _Package(msgspec.Struct):
    ecosystem: str
    name: str


class _Severity(msgspec.Struct):
    type: str
    score: str


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: list[Range] | None = None
    versions: list[str] | None = None
    severity: list[_Severity] | None = None
    ecosystem_specific: dict[str, object] | None = None
    database_specific: object = None


class _Reference(msgspec.Struct):
    url: str


class Record(msgspec.Struct):
    """The fields of an OSV record that are used."""

    id: str
    modified: str = ""
    published: str = ""
    withdrawn: str | None = None
    aliases: list[str] | None = None
    upstream: list[str] | None = None
    related: list[str] | None = None
    summary: str = ""
    details: str = ""
    severity: list[_Severity] | None = None
    affected: list[_Affected] | None = None
    references: list[_Reference] | None = None
    database_specific: object = None


class OsvAdvisory(Struct, frozen=True):
    """One record: the advisory, its statements, and how many ranges of Git commits it has, which are not read.

    Versions of installed packages cannot be placed among commits; a record that states both is used without
    them, and one that states nothing else makes no statement.
    """

    advisory: Advisory
    statements: tuple[Statement, ...]
    git_ranges: int = 0

    @property
    def is_malicious_package(self) -> bool:
        """Whether the record reports a malicious package, which is no vulnerability."""
        return self.advisory.id.startswith(_MALICIOUS)


_decoder = msgspec.json.Decoder(Record)


def read_record(body: bytes, *, source: str, ecosystems: frozenset[str] | None = None) -> OsvAdvisory:
    """Read one record; raises FeedError where it is not an OSV record.

    Statements about ecosystems (without release) outside ``ecosystems`` are left out, because each ecosystem's own
    file repeats the record.
    """
    try:
        record = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FeedError(f"not an OSV record: {error}") from error
    if not record.id:
        raise FeedError("not an OSV record: it has no id")
    return _read(record, source, ecosystems)


def _read(record: Record, source: str, ecosystems: frozenset[str] | None) -> OsvAdvisory:
    affected = [
        entry
        for entry in record.affected or ()
        if entry.package and (ecosystems is None or base_of(entry.package.ecosystem) in ecosystems)
    ]
    upstream = _upstream(record, affected)
    statements = [
        statement
        for entry in affected
        if _is_about_a_flaw(record, upstream)
        for statement in _statements(record, entry)
    ]
    git = sum(span.type == "GIT" for entry in record.affected or () for span in entry.ranges or ())
    advisory = Advisory(
        id=record.id,
        source=source,
        aliases=tuple(record.aliases or ()),
        upstream=upstream,
        summary=record.summary,
        details=record.details[:MAX_DETAILS],
        ratings=tuple(dict.fromkeys(_ratings(record, affected))),
        published=record.published,
        modified="" if record.modified.startswith("0001-") else record.modified,
        withdrawn=record.withdrawn or "",
        references=tuple(reference.url for reference in (record.references or ())[:_MAX_REFERENCES]),
        weaknesses=_weaknesses(record.database_specific),
    )
    return OsvAdvisory(advisory, tuple(statements), git)


def _is_about_a_flaw(record: Record, upstream: tuple[str, ...]) -> bool:
    """Return whether a record is about any flaw: updates that mend bugs and bring features are in the same lists."""
    if not record.id.startswith(_NOT_SECURITY):
        return True
    return any(identifier.startswith("CVE-") for identifier in (*(record.aliases or ()), *upstream))


def _upstream(record: Record, affected: Iterable[_Affected]) -> tuple[str, ...]:
    ids = list(record.upstream or ())
    if any(entry.package and base_of(entry.package.ecosystem) in _RELATED_IS_UPSTREAM for entry in affected):
        ids += [related for related in record.related or () if related.startswith("CVE-")]
    return tuple(dict.fromkeys(ids))


def _statements(record: Record, entry: _Affected) -> Iterator[Statement]:
    assert entry.package is not None  # noqa: S101 - the caller chose entries that have one
    ecosystem = entry.package.ecosystem
    specific = entry.ecosystem_specific or {}
    intervals = intervals_of(entry.ranges or (), ecosystem, custom=specific.get("custom_ranges"))
    if intervals or entry.versions:
        yield Statement(
            advisory=record.id,
            ecosystem=ecosystem,
            name=normalised_name(ecosystem, entry.package.name),
            intervals=intervals,
            versions=versions_beyond(intervals, entry.versions or (), ecosystem),
            fix_state=_fix_state(intervals, specific),
            note=_note(specific),
            module=_module(record, intervals),
        )


def _fix_state(intervals: tuple[Interval, ...], specific: dict[str, object]) -> FixState:
    if any(interval.fixed for interval in intervals):
        return FixState.FIXED
    if any(str(specific.get(key, "")).lower() in _WILL_NOT_FIX for key in _STATES):
        return FixState.WILL_NOT_FIX
    if intervals and not any(interval.last_affected for interval in intervals):
        return FixState.NOT_FIXED
    return FixState.UNKNOWN


def _note(specific: dict[str, object]) -> str:
    """Return what a distribution says of the package's state (Ubuntu's ``status``, Debian's ``urgency``)."""
    told = [str(specific[key]) for key in _STATES if isinstance(specific.get(key), str)]
    return ", ".join(told)


def _module(record: Record, intervals: tuple[Interval, ...]) -> str:
    """Return the rpm module streams that a fix is for (``nodejs:18``), between blanks where it is for several.

    The record says them in its summary only; empty where that names the module without a stream.
    """
    if not any(_MODULE.search(interval.fixed) for interval in intervals):
        return ""
    return " ".join(sorted(set(_STREAM.findall(record.summary))))


def _ratings(record: Record, affected: Iterable[_Affected]) -> Iterator[Rating]:
    source = rated_by(record.id)
    found: list[Rating | None] = [_rating(source, severity) for severity in record.severity or ()]
    for entry in affected:
        found += [_rating(source, severity) for severity in entry.severity or ()]
        urgency = (entry.ecosystem_specific or {}).get("urgency")
        found.append(word_rating(source, urgency) if isinstance(urgency, str) else None)
    if isinstance(record.database_specific, dict):
        word = record.database_specific.get("severity")
        found.append(word_rating(source, word) if isinstance(word, str) else None)
    if source in ("almalinux", "rocky", "redhat"):
        found.append(leading_word(record.summary, source))
    return (rating for rating in found if rating is not None)


def _rating(source: str, severity: _Severity) -> Rating | None:
    if severity.type.startswith("CVSS_"):
        return vector_rating(source, severity.score)
    return word_rating(severity.type.lower(), severity.score)


def _weaknesses(specific: object) -> tuple[str, ...]:
    if not isinstance(specific, dict):
        return ()
    ids = specific.get("cwe_ids")
    return tuple(str(weakness) for weakness in ids) if isinstance(ids, list) else ()
