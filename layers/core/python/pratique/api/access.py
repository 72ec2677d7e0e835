"""Who may do what: every GET needs the scope ``pratique/read``, everything else ``pratique/operate``.

API Gateway's authorizer has checked the token before the function is called
(https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html); what is left to decide
is whether it carries the scope.  The decision looks at the method alone, so that no new route can forget it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

_MOST_CALLER_CHARACTERS = 200


class ApiScope(StrEnum):
    """The two scopes."""

    READ = "pratique/read"
    OPERATE = "pratique/operate"


class Granted(Struct, frozen=True):
    """The call may go on; ``caller`` is who the token names, for the audit log."""

    caller: str


class NoToken(Struct, frozen=True):
    """The call carries no verified token."""


class MissingScope(Struct, frozen=True):
    """The token is good and lacks ``scope``."""

    scope: ApiScope


Access = Granted | NoToken | MissingScope


def needed_scope(method: str) -> ApiScope:
    """Return the scope that a request with this method needs."""
    return ApiScope.READ if method in {"GET", "HEAD"} else ApiScope.OPERATE


def access_of(event: Mapping[str, Any]) -> Access:
    """Decide about one API Gateway event (version 2.0)."""
    context = event.get("requestContext") or {}
    claims = ((context.get("authorizer") or {}).get("jwt") or {}).get("claims")
    if not claims:
        return NoToken()
    scope = needed_scope(str((context.get("http") or {}).get("method", "")).upper())
    if scope not in _scopes(claims):
        return MissingScope(scope)
    named = (claims.get(name) for name in ("username", "sub", "client_id"))
    return Granted(next((str(name)[:_MOST_CALLER_CHARACTERS] for name in named if name), "unknown"))


def _scopes(claims: Mapping[str, Any]) -> set[str]:
    """Issuers write ``scope`` as words in one text, or ``scp`` as a list, which API Gateway hands on as ``[a b]``."""
    text = f"{claims.get('scope') or ''} {claims.get('scp') or ''}"
    return set(re.split(r"[\s,\[\]'\"]+", text))
