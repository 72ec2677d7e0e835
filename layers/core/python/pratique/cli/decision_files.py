"""Files that say what people decided: a policy, suppressions and an allow-list, all TOML (https://toml.io)."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from pratique.errors import InvalidValue
from pratique.model.allow_list import AllowListEntry, EntryState
from pratique.model.policy import Policy
from pratique.model.suppression import Covers, Endings, Justification, Suppression

Value = TypeVar("Value")


class _Entry(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    reason: str
    owner: str = ""
    justification: Justification = Justification.ACCEPTED
    vulnerability: str = ""
    package: str = ""
    version: str = ""
    path: str = ""
    repository: str = ""
    layer: str = ""
    digest: str = ""
    expires: datetime | None = None
    until_fixed: bool = False
    until_exploited: bool = False
    until_epss: float | None = None


class _Suppressions(msgspec.Struct, forbid_unknown_fields=True):
    suppression: list[_Entry] = []


class _Allowed(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    reason: str
    owner: str = ""
    sha256: str = ""
    rule: str = ""
    path: str = ""
    expires: datetime | None = None


class _AllowList(msgspec.Struct, forbid_unknown_fields=True):
    allow: list[_Allowed] = []


def read_policy(path: Path) -> Policy:
    """Return the policy in a file; raises InvalidValue for what it cannot be."""
    document = _document(path)
    unknown = set(document) - set(Policy.__struct_fields__)
    if unknown:
        raise InvalidValue(f"{path}: {', '.join(sorted(unknown))}: no rule of a policy has this name")
    return _converted(path, document, Policy)


def read_suppressions(path: Path, now: datetime) -> tuple[Suppression, ...]:
    """Return the suppressions in a file that have not expired; raises InvalidValue for what it cannot be."""
    entries = _converted(path, _document(path), _Suppressions).suppression
    found = [_suppression(path, number, entry, now) for number, entry in enumerate(entries, 1)]
    return tuple(one for one in found if one.state(now) is EntryState.ACTIVE)


def read_allow_list(path: Path, now: datetime) -> tuple[AllowListEntry, ...]:
    """Return the entries of an allow-list that have not expired; raises InvalidValue for what it cannot be."""
    entries = _converted(path, _document(path), _AllowList).allow
    found = [_allowed(path, number, entry, now) for number, entry in enumerate(entries, 1)]
    return tuple(one for one in found if one.state(now) is EntryState.ACTIVE)


def _allowed(path: Path, number: int, entry: _Allowed, now: datetime) -> AllowListEntry:
    _check(f"{path}: entry {number}", entry.reason, entry.expires)
    try:
        return AllowListEntry(
            id=f"{path.name}#{number}",
            reason=entry.reason,
            owner=entry.owner,
            added_by=entry.owner,
            added_at=now,
            sha256=entry.sha256.lower(),
            rule=entry.rule,
            path=entry.path.removeprefix("/"),
            expires=entry.expires,
        )
    except InvalidValue as error:
        raise InvalidValue(f"{path}: entry {number}: {error.message}") from error


def _check(named: str, reason: str, expires: datetime | None) -> None:
    if not reason.strip():
        raise InvalidValue(f"{named} needs a reason")
    if expires is not None and expires.tzinfo is None:
        raise InvalidValue(f"{named}: `expires` needs a time zone, such as 2027-01-31T00:00:00Z")


def _suppression(path: Path, number: int, entry: _Entry, now: datetime) -> Suppression:
    _check(f"{path}: suppression {number}", entry.reason, entry.expires)
    covers = Covers(
        vulnerability=entry.vulnerability,
        package=entry.package,
        version=entry.version,
        path=entry.path.removeprefix("/"),
        repository=entry.repository,
        layer=entry.layer,
        digest=entry.digest,
    )
    ends = Endings(entry.expires, entry.until_fixed, entry.until_exploited, entry.until_epss)
    name = f"{path.name}#{number}"
    return Suppression(name, covers, entry.reason, entry.owner, entry.owner, now, entry.justification, ends)


def _document(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidValue(f"{path}: {error}") from error


def _converted(path: Path, document: dict[str, object], kind: type[Value]) -> Value:
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise InvalidValue(f"{path}: {error}") from error
