"""One advisory database of a folder of feeds, built once for all tests and benchmarks of a machine.

It is kept under a name made of the feeds' content and the code that reads them, so it is never out of date.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pratique
from pratique.advisories.build import Fresh, build_database
from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.sources import SOURCES

_PROJECT = Path(__file__).resolve().parent.parent
CACHE = _PROJECT / ".pratique" / "feed-databases"
"""Where databases are kept; the folder may be deleted at any time."""

_BUILT = "2026-11-01T00:00:00Z"
_CODE = ("advisories", "versions", "model")


def feed_database(feeds: Path, cache: Path = CACHE) -> SqliteDatabase:
    """Return the database of everything in ``feeds``, laid out as a mirror; builds it where it is not kept yet."""
    files = {source: path for source in SOURCES if (path := _file(feeds, source.mirror_path))}
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"{_key(files.values())}.sqlite"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes ask at once; the first one builds
        if not path.is_file():
            for old in cache.glob("*.sqlite*"):
                old.unlink()
            unfinished = path.with_name(f"{path.name}.{os.getpid()}")
            inputs = [Fresh(source, file, _BUILT) for source, file in files.items()]
            build_database(unfinished, inputs, built=_BUILT)
            unfinished.rename(path)
    return open_database(path)


def _file(feeds: Path, mirror_path: str) -> Path | None:
    path = feeds / mirror_path
    if "-current" in path.name:
        return max(path.parent.glob(path.name.replace("-current", "-*")), default=None)
    return path if path.is_file() else None


def _key(files: Iterable[Path]) -> str:
    hasher = hashlib.sha256()
    for path in files:
        status = path.stat()
        hasher.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    package = Path(pratique.__file__).parent
    for part in _CODE:
        for module in sorted((package / part).glob("*.py")):
            hasher.update(module.read_bytes())
    return hasher.hexdigest()[:20]
