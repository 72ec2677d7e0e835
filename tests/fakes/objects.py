"""An object store in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class MemoryObjects:
    """Implements the ObjectStore port."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def put(self, key: str, body: bytes) -> None:
        self.kept[key] = body

    def put_if_absent(self, key: str, body: bytes) -> bool:
        return self.kept.setdefault(key, body) is body

    def keys(self, prefix: str) -> Iterator[str]:
        return iter(sorted(key for key in self.kept if key.startswith(prefix)))
