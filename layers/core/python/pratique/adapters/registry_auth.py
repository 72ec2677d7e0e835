"""How a registry asks who is there, and the answers: nothing, Basic, or a Bearer token from its token server.

https://distribution.github.io/distribution/spec/auth/token/ and RFC 9110, section 11.  Credentials appear in no
exception, no log line and no ``repr``.  They go to the registry and to the token server that the registry names, as
the protocol wants, and to nobody else: that server must be spoken to in TLS wherever the registry is.
"""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from pratique.errors import RegistryError

_LONGEST_CHALLENGE = 4096
_LONGEST_TOKEN = 64 << 10
_SHORTEST_LIFE = 60
_LONGEST_LIFE = 3600
_PART = re.compile(r'(?:([A-Za-z][\w-]*)[ \t]+)?([\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))[ \t]*,?[ \t]*')

Fetch = Callable[[str, str | None], bytes]
"""Gets a URL with this ``Authorization`` header (None: without) and returns a small body; raises RegistryError."""


class Credentials(Struct, frozen=True):
    """A user name and a password or access token."""

    username: str
    password: str

    def __repr__(self) -> str:
        """Show no password."""
        return f"Credentials({self.username!r})"

    def header(self) -> str:
        """Return the value of a Basic ``Authorization`` header (RFC 7617)."""
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


class Authorizer(Protocol):
    """Knows what to put into ``Authorization``; used from several threads."""

    def header(self) -> str | None:
        """Return the header's value as far as it is known now, or None to send none."""
        ...

    def answer(self, challenges: Sequence[str], fetch: Fetch, refused: str | None) -> bool:
        """Take in the ``WWW-Authenticate`` headers of a 401; return whether trying again can help.

        ``refused`` is the header value that the registry did not accept, None where none was sent.
        """
        ...


class Challenge(Struct, frozen=True):
    """One challenge: its scheme in lower case and its parameters."""

    scheme: str
    parameters: dict[str, str]


def parse_challenges(headers: Sequence[str]) -> tuple[Challenge, ...]:
    """Read ``WWW-Authenticate`` headers, which may hold several challenges each; malformed ends are ignored."""
    found: list[Challenge] = []
    for header in headers:
        position = 0
        text = header[:_LONGEST_CHALLENGE].strip()
        while part := _PART.match(text, position):
            scheme, name, quoted, plain = part.groups()
            if scheme:
                found.append(Challenge(scheme.lower(), {}))
            if found:
                value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain
                found[-1].parameters.setdefault(name.lower(), value)
            position = part.end()
        if text.lower() in ("basic", "bearer"):
            found.append(Challenge(text.lower(), {}))
    return tuple(found)


class ChallengeAuthorizer:
    """Answers Bearer and Basic challenges with or without credentials."""

    def __init__(self, scope: str, credentials: Credentials | None = None, clock: Callable[[], float] = time.monotonic):
        """Ask for ``scope``, such as ``repository:library/debian:pull``; a challenge cannot widen it."""
        self._scope = scope
        self._credentials = credentials
        self._clock = clock
        self._lock = threading.Lock()
        self._header: str | None = None
        self._until = 0.0

    def header(self) -> str | None:
        """Return the last token or Basic header, None where there is none or it has run out."""
        with self._lock:
            return self._header if self._clock() < self._until else None

    def answer(self, challenges: Sequence[str], fetch: Fetch, refused: str | None) -> bool:
        """Get a token, or take the credentials; return False where there is nothing more to try."""
        with self._lock:
            if self._header != refused and self._header is not None and self._clock() < self._until:
                return True  # another thread was faster
            by_scheme = {challenge.scheme: challenge.parameters for challenge in reversed(parse_challenges(challenges))}
            if "bearer" in by_scheme:
                self._take_token(by_scheme["bearer"], fetch)
                return True
            basic = self._credentials.header() if self._credentials else None
            if "basic" not in by_scheme or basic is None or basic == refused:
                return False
            self._header, self._until = basic, float("inf")
            return True

    def _take_token(self, parameters: dict[str, str], fetch: Fetch) -> None:
        realm = parameters.get("realm", "")
        query = {"service": parameters["service"]} if "service" in parameters else {}
        joint = "&" if "?" in realm else "?"
        url = f"{realm}{joint}{urlencode({**query, 'scope': self._scope})}"
        body = fetch(url, self._credentials.header() if self._credentials else None)
        try:
            answer = msgspec.json.decode(body, type=_TokenAnswer)
        except (msgspec.DecodeError, UnicodeDecodeError):
            # Not chained: the decoder's message could quote the token.
            raise RegistryError("the registry's token server gave no valid answer") from None
        token = answer.token or answer.access_token
        if not token or len(token) > _LONGEST_TOKEN or not token.isascii() or not token.isprintable():
            raise RegistryError("the registry's token server gave no token")
        life = min(max(answer.expires_in or _SHORTEST_LIFE, _SHORTEST_LIFE), _LONGEST_LIFE)
        self._header, self._until = f"Bearer {token}", self._clock() + life * 0.9


class _TokenAnswer(msgspec.Struct):
    token: str = ""
    access_token: str = ""
    expires_in: int | None = None
