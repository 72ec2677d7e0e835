"""What a piece of work used of the services that are paid by use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """DynamoDB's read and write units, and the requests to the object store that read and that write."""

    read_units: float = 0.0
    write_units: float = 0.0
    object_reads: int = 0
    object_writes: int = 0
