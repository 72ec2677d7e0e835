"""The starter set: a small database of well-known flaws that comes with the program, for use before any update."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.schema import SCHEMA_VERSION
from pratique.advisories.sources import Format, Source
from pratique.errors import AdvisoryDatabaseError

_RECORDS = Path(__file__).with_name("starter")
_WRITTEN = "2026-11-24T00:00:00Z"

STARTER_SOURCES: tuple[Source, ...] = tuple(
    Source(f"starter/{name}", "", f"{name}.json", "Apache-2.0", form, ecosystems)
    for name, form, ecosystems in (
        ("distributions", Format.OSV_LIST, frozenset({"Debian", "Ubuntu", "Alpine"})),
        ("python", Format.OSV_LIST, frozenset({"PyPI"})),
        ("javascript", Format.OSV_LIST, frozenset({"npm"})),
        ("java", Format.OSV_LIST, frozenset({"Maven"})),
        ("other_languages", Format.OSV_LIST, frozenset({"Go", "RubyGems", "Packagist"})),
        ("exploited", Format.KEV_JSON, frozenset()),
    )
)


def starter_database(folder: Path) -> SqliteDatabase:
    """Open the starter database, building it in ``folder`` (which is created) unless it lies there already.

    Raises AdvisoryDatabaseError where it cannot be written.
    """
    path = folder / f"starter-{_content()}.sqlite"
    if not path.is_file():
        _build(path)
    return open_database(path)


def _content() -> str:
    hasher = hashlib.sha256(f"schema {SCHEMA_VERSION}\n".encode())
    for source in STARTER_SOURCES:
        hasher.update((_RECORDS / source.mirror_path).read_bytes())
    return hasher.hexdigest()[:16]


def _build(path: Path) -> None:
    # Only before the first update of a deployment, and once in a folder: what reads the sources is not needed after.
    from pratique.advisories.build import Fresh, build_database  # noqa: PLC0415

    inputs = [Fresh(source, _RECORDS / source.mirror_path, _WRITTEN) for source in STARTER_SOURCES]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix="starter-", suffix=".part")
        os.close(handle)
        # Built beside its place and moved: two processes may do so at once, and both files are the same.
        build_database(Path(name), inputs, built=_WRITTEN, starter=True)
        Path(name).replace(path)
    except OSError as error:
        raise AdvisoryDatabaseError(f"the starter database cannot be written: {error}", path=str(path)) from error
