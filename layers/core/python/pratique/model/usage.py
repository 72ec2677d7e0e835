"""What a piece of work used of the services that are paid by use."""

from __future__ import annotations

from msgspec import Struct


class Usage(Struct, frozen=True):
    """DynamoDB's read and write units, and the requests to the object store that read and that write."""

    read_units: float = 0.0
    write_units: float = 0.0
    object_reads: int = 0
    object_writes: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Return both together."""
        return Usage(
            self.read_units + other.read_units,
            self.write_units + other.write_units,
            self.object_reads + other.object_reads,
            self.object_writes + other.object_writes,
        )
