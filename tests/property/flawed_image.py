"""An image that a fault-free scan ends ``complete`` on, with one finding."""

from __future__ import annotations

from pathlib import Path

from pratique.advisories.database import SqliteDatabase
from tests.advisory_files import database_of, fixed_in, record

FLAW = "CVE-2026-1"
STATUS = (
    b"Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nSource: zlib\nVersion: 1:1.2.13.dfsg-1\n\n"
)
FILES = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "var/lib/dpkg/status": STATUS,
    "app/run.sh": b"#!/bin/sh\n",
}


def flawed_database(folder: Path) -> SqliteDatabase:
    """Return a database in ``folder`` that knows the image's one flaw."""
    return database_of(folder, record(FLAW, "Debian:12", "zlib", fixed_in("2:1")))
