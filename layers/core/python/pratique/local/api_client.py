"""A client of the HTTP API, for the commands that work with the local system."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3

from pratique.errors import PratiqueError

_PAGE = 100
_OK = 200


class ApiClient:
    """Speaks JSON with the API of a running system."""

    def __init__(self, url: str) -> None:
        """Read from the API at ``url``, which has no trailing slash."""
        self._url = url
        self._pool = urllib3.PoolManager(retries=False, timeout=30.0)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """Return the JSON of one answer; raises PratiqueError with the problem's text for any other status."""
        return self._call("GET", path + (f"?{urlencode(query)}" if query else ""), None)

    def send(self, method: str, path: str, body: object) -> Any:
        """Send JSON and return that of the answer; raises PratiqueError as `get` does."""
        return self._call(method, path, json.dumps(body).encode())

    def _call(self, method: str, target: str, body: bytes | None) -> Any:
        headers = {"content-type": "application/json"} if body is not None else {}
        try:
            answer = self._pool.request(method, f"{self._url}{target}", body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise PratiqueError(f"the API at {self._url} does not answer") from error
        if not _OK <= answer.status < _OK + 100:
            told = answer.data[:500].decode("utf-8", "replace")
            raise PratiqueError(f"{method} {target.partition('?')[0]} answered {answer.status}: {told}")
        return answer.json()

    def items(self, path: str, query: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
        """Yield every item of a list, page by page."""
        wanted = {**(query or {}), "limit": str(_PAGE)}
        while True:
            page = self.get(path, wanted)
            yield from page["items"]
            if not page["next_cursor"]:
                return
            wanted["cursor"] = page["next_cursor"]
