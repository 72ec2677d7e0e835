"""An object store in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pratique.errors import StoreError


@dataclass
class MemoryObjects:
    """Implements the ObjectStore port; the next ``failures`` calls are throttled."""

    kept: dict[str, bytes] = field(default_factory=dict)
    failures: int = 0
    puts: int = 0
    gets: int = 0

    def get(self, key: str) -> bytes | None:
        self._fail()
        self.gets += 1
        return self.kept.get(key)

    def put(self, key: str, body: bytes) -> None:
        self._fail()
        self.puts += 1
        self.kept[key] = body

    def put_if_absent(self, key: str, body: bytes) -> bool:
        self._fail()
        if key in self.kept:
            return False
        self.puts += 1
        self.kept[key] = body
        return True

    def keys(self, prefix: str) -> Iterator[str]:
        self._fail()
        return iter(sorted(key for key in self.kept if key.startswith(prefix)))

    def delete(self, keys: Iterable[str]) -> None:
        self._fail()
        for key in keys:
            self.kept.pop(key, None)

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreError("the bucket is throttled", retryable=True)
