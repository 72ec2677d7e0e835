"""What differs between the findings of two images."""

from __future__ import annotations

from msgspec import Struct

from pratique.model.severity import Priority


class ComparedFinding(Struct, frozen=True):
    """One vulnerability in one package; ``layer`` is the place of the layer that brought it, -1: not known."""

    id: str
    priority: Priority
    package: str
    version: str
    layer: int
    instruction: str


class Comparison(Struct, frozen=True):
    """Findings that only the second has, that only the first had (with its layers), and that both have."""

    added: tuple[ComparedFinding, ...]
    fixed: tuple[ComparedFinding, ...]
    unchanged: tuple[ComparedFinding, ...]
