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
        self._read_units = self._write_units = 0.0
        self._object_reads = self._object_writes = 0

    def consumed(self, answer: Mapping[str, Any], *, writing: bool) -> None:
        """Add the capacity that DynamoDB says a request consumed: one table's, or a list of several tables'."""
        told: Any = answer.get("ConsumedCapacity") or ()
        tables: Iterable[Mapping[str, Any]] = (told,) if isinstance(told, Mapping) else told
        units = sum(float(one.get("CapacityUnits", 0)) for one in tables)
        if writing:
            self._write_units += units
        else:
            self._read_units += units

    def object_read(self) -> None:
        """Count a request that reads an object."""
        self._object_reads += 1

    def object_written(self) -> None:
        """Count a request that writes an object, or lists some."""
        self._object_writes += 1

    def take(self) -> Usage:
        """Return this thread's counts and begin again at nothing."""
        usage = Usage(self._read_units, self._write_units, self._object_reads, self._object_writes)
        self.__init__()  # type: ignore[misc]
        return usage
