"""A reader of the HTTP API, for the command that shows what the local system does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3

from pratique.errors import PratiqueError

_PAGE = 100
_OK = 200


class ApiClient:
    """Reads JSON from the API of a running system."""

    def __init__(self, url: str) -> None:
        """Read from the API at ``url``, which has no trailing slash."""
        self._url = url
        self._pool = urllib3.PoolManager(retries=False, timeout=30.0)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """Return the JSON of one answer; raises PratiqueError with the problem's text for any other status."""
        target = f"{self._url}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            answer = self._pool.request("GET", target)
        except urllib3.exceptions.HTTPError as error:
            raise PratiqueError(f"the API at {self._url} does not answer") from error
        if answer.status != _OK:
            raise PratiqueError(f"GET {path} answered {answer.status}: {answer.data[:500].decode('utf-8', 'replace')}")
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
