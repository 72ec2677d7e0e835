"""The object store: layer reports, advisory databases, rule packs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol


class ObjectStore(Protocol):
    """Named, immutable-by-convention bytes."""

    def get(self, key: str) -> bytes | None:
        """Return the object, or None where there is none; raises StoreError where that is not known."""
        ...

    def put(self, key: str, body: bytes) -> None:
        """Store the object, replacing what was there; once this returns, every `get` sees it."""
        ...

    def put_if_absent(self, key: str, body: bytes) -> bool:
        """Store the object unless the key exists; return whether this call stored it."""
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Delete the objects; a key without one is no error.  Raises StoreError where any may still be there."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield every key that begins with ``prefix``, in order."""
        ...
