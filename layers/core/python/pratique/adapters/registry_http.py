"""HTTP as registries need it: authorization, redirects, retries and time limits.

What a registry could misuse is closed here.  ``Authorization`` is sent to the registry's own host and port only.
Redirects are counted; they may not leave TLS, and may lead to global addresses and to the registry's own kind of
address only (see `pratique.adapters.address_policy`).  Bodies are read with a limit and a lowest speed.  URLs stay
out of messages and logs, because those of storage services carry signatures.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urljoin, urlsplit

import urllib3
from msgspec import Struct
from urllib3.response import BaseHTTPResponse

from pratique.adapters.address_policy import AddressPolicy, is_loopback_host, watched_pools
from pratique.adapters.registry_auth import Authorizer
from pratique.errors import RegistryError
from pratique.model.reference import DOCKER_HUB

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 500, 502, 503, 504})
_UNAUTHORIZED = 401
_OK = 200
_TOKEN_LIMIT = 1 << 20
_DEFAULT_PORTS = {"http": 80, "https": 443}

Body = bytes | Iterable[bytes] | None


class HttpLimits(Struct, frozen=True):
    """Times in seconds; ``lowest_speed`` in bytes a second, asked for after ``patience`` seconds of waiting."""

    connect: float = 10.0
    read: float = 30.0
    patience: float = 60.0
    lowest_speed: int = 16 << 10
    attempts: int = 4
    longest_pause: float = 30.0
    redirects: int = 5


class RegistryHttp:
    """One registry's HTTP; used from several threads."""

    def __init__(
        self,
        base_url: str,
        authorizer: Authorizer,
        *,
        allow_http: bool = False,
        allow_private: bool = False,
        limits: HttpLimits | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Speak to the registry at ``base_url``, ``https://host[:port]``.

        Raises RegistryError for plain http unless the host is loopback or ``allow_http``.
        """
        self._limits = limits or HttpLimits()
        self._base = base_url.rstrip("/") + "/"
        self._allow_http = allow_http
        self._check_scheme(self._base)
        self._authorizer = authorizer
        self._sleep = sleep
        policy = AddressPolicy(allow_private=allow_private)
        timeout = urllib3.Timeout(connect=self._limits.connect, read=self._limits.read)
        self._own = watched_pools(policy.note_registry, timeout=timeout)
        self._elsewhere = watched_pools(policy.check_elsewhere, timeout=timeout)

    @property
    def host(self) -> str:
        """The registry's host, with its port where it is not the usual one."""
        return urlsplit(self._base).netloc.rpartition("@")[2]

    @property
    def limits(self) -> HttpLimits:
        """The limits that requests are made under."""
        return self._limits

    def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: Body = None
    ) -> BaseHTTPResponse:
        """Send one request and return the answer, whatever its status, its body not yet read.

        ``path`` is relative to the registry or, for upload locations, a whole URL.  Requests without a streamed body
        are repeated when the connection fails or the registry is busy (429, 5xx), after the pause that it asks for,
        at most ``longest_pause``.  Raises RegistryError (retryable) where it stays unreachable.
        """
        url = _joined(self._base, path)
        repeatable = body is None or isinstance(body, bytes)
        attempts = self._limits.attempts if repeatable else 1
        for attempt in range(1, attempts + 1):
            try:
                response = self._follow(method, url, dict(headers or {}), body)
            except urllib3.exceptions.HTTPError as error:
                if attempt == attempts:
                    raise self.failure(error) from error
                self._sleep(_backoff(attempt))
                continue
            if response.status not in _BUSY or attempt == attempts:
                return response
            pause = _asked_pause(response)
            finish(response)
            self._sleep(min(_backoff(attempt) if pause is None else pause, self._limits.longest_pause))
        raise AssertionError("the last attempt returns or raises")

    def read_limited(self, response: BaseHTTPResponse, limit: int) -> bytes:
        """Return a whole body of at most ``limit`` bytes and release the connection; raises RegistryError otherwise."""
        started = time.monotonic()
        chunks: list[bytes] = []
        got = 0
        try:
            while chunk := response.read1(64 << 10, decode_content=False):
                got += len(chunk)
                chunks.append(chunk)
                if got > limit:
                    raise RegistryError(f"an answer of {self.host} is over the limit of {limit} bytes")
                self.check_speed(time.monotonic() - started, got)
        except urllib3.exceptions.HTTPError as error:
            raise self.failure(error) from error
        finally:
            finish(response)
        return b"".join(chunks)

    def check_speed(self, waited: float, got: int) -> None:
        """Raise RegistryError (retryable) where ``got`` bytes in ``waited`` seconds is a trickle."""
        if waited > self._limits.patience + got / self._limits.lowest_speed:
            raise RegistryError(f"{self.host} sends too slowly: {got} bytes in {waited:.0f} s", retryable=True)

    def failure(self, error: urllib3.exceptions.HTTPError) -> RegistryError:
        """Return the error to raise where the connection failed; it names the host and the kind of failure only."""
        return RegistryError(f"{self.host} cannot be reached: {type(error).__name__}", retryable=True)

    def _follow(self, method: str, url: str, headers: dict[str, str], body: Body) -> BaseHTTPResponse:
        asked = False
        hops = 0
        while True:
            own = _origin(url) == _origin(self._base)
            sent = self._authorizer.header() if own else None
            response = self._send(method, url, headers | ({"Authorization": sent} if sent else {}), body, own=own)
            if response.status == _UNAUTHORIZED and own and not asked and (body is None or isinstance(body, bytes)):
                finish(response)
                challenges = response.headers.getlist("WWW-Authenticate")
                if not self._authorizer.answer(challenges, self._fetch, sent):
                    return response
                asked = True
                continue
            if response.status not in _REDIRECTS or method not in ("GET", "HEAD"):
                return response
            hops += 1
            url = self._next(response, url, hops)

    def _next(self, response: BaseHTTPResponse, url: str, hops: int) -> str:
        location = response.headers.get("Location", "")
        finish(response)
        if hops > self._limits.redirects or not location:
            why = f"redirects over {self._limits.redirects} times" if location else "redirects to nowhere"
            raise RegistryError(f"{self.host} {why}")
        following = _joined(url, location)
        self._check_scheme(following)
        return following

    def _send(self, method: str, url: str, headers: dict[str, str], body: Body, *, own: bool) -> BaseHTTPResponse:
        pools = self._own if own else self._elsewhere
        headers = {"Accept-Encoding": "identity", "User-Agent": "pratique", **headers}
        try:
            return pools.request(method, url, headers=headers, body=body, redirect=False, preload_content=False)
        except urllib3.exceptions.LocationValueError as error:
            raise RegistryError(f"{self.host} redirects to a malformed address") from error

    def _fetch(self, url: str, authorization: str | None) -> bytes:
        """Get a token; a token server may not redirect, so credentials go where the registry said and no further."""
        self._check_scheme(url)
        headers = {"Authorization": authorization} if authorization else {}
        own = _origin(url) == _origin(self._base)
        response = self._send("GET", url, headers, None, own=own)
        if response.status in _BUSY:
            finish(response)
            raise RegistryError(f"the token server of {self.host} answered {response.status}", retryable=True)
        if response.status != _OK:
            finish(response)
            who = "the credentials" if authorization else "anonymous access"
            raise RegistryError(f"the token server of {self.host} refused {who} ({response.status})")
        return self.read_limited(response, _TOKEN_LIMIT)

    def _check_scheme(self, url: str) -> None:
        scheme, host, _ = _origin(url)
        if scheme == "https" and host:
            return
        if scheme == "http" and host and (self._allow_http or is_loopback_host(host)):
            return
        raise RegistryError(f"only https is spoken to registries, not {scheme[:20] or 'nothing'}")


def base_url(address: str, *, allow_http: bool = False) -> str:
    """Return the base URL of the registry that references name ``address``.

    Loopback registries, and all with ``allow_http``, are spoken to in plain http unless their port is 443.
    """
    host = "registry-1.docker.io" if address == DOCKER_HUB else address
    bare = host if host.endswith("]") else host.partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    plain = (allow_http or is_loopback_host(bare)) and not host.endswith(":443")
    return f"{'http' if plain else 'https'}://{host}"


def finish(response: BaseHTTPResponse) -> None:
    """Give the connection back where the rest of the body is short, else close it."""
    try:
        response.drain_conn() if int(response.headers.get("Content-Length", "65537")) <= 1 << 16 else response.close()
    except (ValueError, OSError, urllib3.exceptions.HTTPError):
        response.close()
    response.release_conn()


def _origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port; raises RegistryError for a malformed URL."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError as error:
        raise RegistryError("a registry gave a malformed address") from error


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise RegistryError("a registry gave a malformed address") from error


def _asked_pause(response: BaseHTTPResponse) -> float | None:
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isascii() and asked.isdigit() else None


def _backoff(attempt: int) -> float:
    return float(0.5 * 2**attempt * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing
