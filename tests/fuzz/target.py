"""What a fuzz target is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pratique.errors import PratiqueError


@dataclass(frozen=True, slots=True)
class FuzzTarget:
    """One parser.

    ``parse`` reads any bytes to their end; ``refusals`` are the only errors that it may raise.  ``seeds`` are
    well-formed inputs, from which a fuzzer finds its way to the branches behind the first checks.
    """

    name: str
    parse: Callable[[bytes], object]
    refusals: tuple[type[PratiqueError], ...]
    seeds: tuple[bytes, ...]

    def __call__(self, body: bytes) -> bool:
        """Return whether ``body`` was read, False where it was refused as it may be; anything else comes through."""
        try:
            self.parse(body)
        except self.refusals:
            return False
        return True
