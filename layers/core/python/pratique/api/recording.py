"""How every request that changes something comes to be listed by ``/v1/audit``.

The record is written before the change is made, and again with its outcome: what cannot be recorded is not done, and a
change whose outcome was lost is listed without one.  No route takes part in that, so no new one can forget it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from msgspec import Struct
from msgspec.structs import replace

from pratique.api.problems import problem
from pratique.errors import PratiqueError
from pratique.model.scan_id import scan_id
from pratique.ports.audit import AuditRecord
from pratique.wiring import queries

_log = logging.getLogger(__name__)

_MOST_FIELDS = 50
_MOST_CHARACTERS = 300


class Difference(Struct):
    """What a route tells about its change: what was there before, and what is there now."""

    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


Answered = dict[str, Any]


def recorded(
    event: Mapping[str, Any], caller: str, change: Callable[[Difference], Answered]
) -> Answered | Response[str]:
    """Make the change that a request asks for, and record it; answer a problem where that cannot be recorded."""
    try:
        reading = queries.reading()
        record = _asked(event, caller, reading.clock.now())
        reading.audit.put(record)
    except PratiqueError as error:
        _log.error("a change could not be recorded, so it was not made", exc_info=error)
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "the change cannot be recorded now, so it was not made: try again"
        )
    difference = Difference()
    answer = change(difference)
    done = replace(record, outcome=str(answer["statusCode"]), before=difference.before, after=difference.after)
    told = {"caller": caller, "action": record.action, "about": record.about, "outcome": done.outcome}
    _log.info("change recorded", extra={**told, "audit": record.id, "request": record.request})
    try:
        reading.audit.put(done)
    except PratiqueError as error:
        _log.error("the outcome of a change is not in the audit list", exc_info=error)
    return answer


def _asked(event: Mapping[str, Any], caller: str, now: datetime) -> AuditRecord:
    context = event["requestContext"]
    request = str(context.get("requestId", ""))
    return AuditRecord(
        id=scan_id(now, f"audit {request} {context['http']['path']}"),
        at=now,
        by=caller,
        action=str(context["http"]["method"]),
        about=str(event.get("rawPath", ""))[:1000],
        request=request,
        sent=_sent(event),
    )


def _sent(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of the body and the query, long ones cut: what they meant at the time, not a copy."""
    try:
        body = json.loads(event.get("body") or "{}")
    except ValueError:
        body = {"": "no JSON"}
    fields = {**(event.get("queryStringParameters") or {}), **(body if isinstance(body, dict) else {"": body})}
    return {str(name)[:100]: _cut(value) for name, value in list(fields.items())[:_MOST_FIELDS]}


def _cut(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}… ({len(text)} characters)"
