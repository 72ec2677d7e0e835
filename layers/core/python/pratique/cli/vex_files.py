"""VEX documents for the command line: each statement that hides something as a suppression of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pratique.errors import InvalidValue
from pratique.model.suppression import Suppression
from pratique.reports.serial_number import serial_number
from pratique.vex.read import read_vex
from pratique.vex.reading import VexReading


def read_vex_file(path: Path, digest: str) -> VexReading:
    """Return what a document says of the image with this manifest digest and of others; raises InvalidValue."""
    try:
        return read_vex(path.read_bytes(), serials={str(serial_number(digest)): digest})
    except OSError as error:
        raise InvalidValue(f"{path}: {error.strerror}") from error
    except InvalidValue as error:
        raise InvalidValue(f"{path}: {error.message}") from error


def suppressions_of(path: Path, reading: VexReading, now: datetime) -> tuple[Suppression, ...]:
    """Return a suppression for each statement, named by the file and its number."""
    author = reading.document.author
    return tuple(
        Suppression(
            f"{path.name}#{number}",
            statement.covers,
            statement.reason,
            author,
            author,
            now,
            statement.justification,
            document=reading.document,
        )
        for number, statement in enumerate(reading.statements, 1)
    )
