"""Remembers what was started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pratique.errors import StoreError


@dataclass
class FakeStarter:
    """Implements the FunctionStarter port; ``down`` makes every start fail."""

    started: list[tuple[str, dict[str, object], str]] = field(default_factory=list)
    down: bool = False

    def start(self, function: str, payload: Mapping[str, object], *, execution_name: str = "") -> None:
        if self.down:
            raise StoreError("no function can be started", retryable=True)
        if execution_name and any(name == execution_name for _, _, name in self.started):
            return
        self.started.append((function, dict(payload), execution_name))
