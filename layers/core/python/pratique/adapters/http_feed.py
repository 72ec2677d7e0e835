"""Advisory sources over HTTPS: their own hosts, or a mirror of them."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from pratique.adapters.address_policy import is_loopback_host
from pratique.errors import FeedError, SourceAbsent
from pratique.ports.feeds import Fetched

MAX_BYTES = 4 * 1024**3
"""Largest file that is fetched, in bytes."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 4
_OK = 200
_NOT_MODIFIED = 304
_NOT_FOUND = 404
_SERVER_ERROR = 500
_TOO_MANY = 429
_CHUNK = 1024 * 1024


class HttpFeed:
    """Implements the Feed port.

    ``base_url`` is put before relative locations.  ``seconds`` limits one whole file, ``max_bytes`` its size.  Only
    https is spoken, and http to this machine; a redirect may not leave https.
    """

    def __init__(
        self,
        base_url: str = "",
        *,
        pools: urllib3.PoolManager | None = None,
        seconds: float = 600.0,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._base = base_url.rstrip("/") + "/" if base_url else ""
        self._pools = pools or urllib3.PoolManager(timeout=urllib3.Timeout(connect=10.0, read=60.0), retries=False)
        self._seconds = seconds
        self._max_bytes = max_bytes

    def fetch(self, location: str, into: Path, etag: str = "") -> Fetched | None:
        """Fetch ``location`` into the folder ``into``; return None where it is still what ``etag`` names.

        The file appears under its name only when it is whole.  Raises FeedError, which says whether trying later may
        help, where it is absent, cut short, too large, too slow or not reachable; SourceAbsent where a mirror lacks it.
        """
        url = location if "://" in location else self._base + quote(location)
        try:
            response = self._open(url, etag)
            try:
                if response.status == _NOT_MODIFIED:
                    return None
                return self._store(response, into / hashlib.sha256(url.encode()).hexdigest()[:24])
            finally:
                response.close()
        except (HTTPError, OSError) as error:
            raise FeedError(f"cannot be fetched: {type(error).__name__}", path=location, retryable=True) from error

    def _open(self, url: str, etag: str) -> BaseHTTPResponse:
        headers = {"If-None-Match": etag} if etag else {}
        for _ in range(_MAX_REDIRECTS + 1):
            _check_scheme(url)
            response = self._pools.request(
                "GET", url, headers=headers, redirect=False, preload_content=False, decode_content=False
            )
            if response.status not in _REDIRECTS:
                break
            target = urljoin(url, response.headers.get("Location", ""))
            response.close()
            if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
                raise FeedError("a redirect leaves https", path=url)
            url = target
        else:
            raise FeedError("too many redirects", path=url)
        if response.status not in (_OK, _NOT_MODIFIED):
            status = response.status
            response.close()
            if status == _NOT_FOUND and self._base and url.startswith(self._base):
                raise SourceAbsent("not in this mirror", path=url)
            raise FeedError(
                f"the server answers {status}", path=url, retryable=status >= _SERVER_ERROR or status == _TOO_MANY
            )
        return response

    def _store(self, response: BaseHTTPResponse, path: Path) -> Fetched:
        deadline = time.monotonic() + self._seconds
        size = 0
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            while chunk := response.read(_CHUNK):
                size += len(chunk)
                if size > self._max_bytes:
                    raise FeedError(f"the file is over the limit of {self._max_bytes} bytes")
                if time.monotonic() > deadline:
                    raise FeedError(f"the file was not whole after {self._seconds:.0f} s", retryable=True)
                file.write(chunk)
        expected = response.headers.get("Content-Length", "")
        if expected.isdigit() and int(expected) != size:
            raise FeedError(f"the file is cut short: {size} of {expected} bytes", retryable=True)
        unfinished.replace(path)
        return Fetched(path, response.headers.get("ETag", ""), size)


def _check_scheme(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and is_loopback_host(parts.hostname or ""):
        return
    raise FeedError("advisory sources are fetched over https only", path=url[:200])
