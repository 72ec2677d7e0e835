"""Counts what the calls of one thread use, as the services themselves report it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from pratique.model.usage import Usage


class UsageMeter(threading.local):
    """Each thread has counts of its own: locally several invocations share a process."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._usage = Usage()

    def consumed(self, answer: Mapping[str, Any], *, writing: bool) -> None:
        """Add the capacity that DynamoDB says a request consumed: one table's, or a list of several tables'."""
        told: Any = answer.get("ConsumedCapacity") or ()
        tables: Iterable[Mapping[str, Any]] = (told,) if isinstance(told, Mapping) else told
        units = sum(float(one.get("CapacityUnits", 0)) for one in tables)
        self._usage += Usage(write_units=units) if writing else Usage(read_units=units)

    def object_read(self) -> None:
        """Count a request that reads an object."""
        self._usage += Usage(object_reads=1)

    def object_written(self) -> None:
        """Count a request that writes an object, or lists some."""
        self._usage += Usage(object_writes=1)

    def take(self) -> Usage:
        """Return this thread's counts and begin again at nothing."""
        usage, self._usage = self._usage, Usage()
        return usage
