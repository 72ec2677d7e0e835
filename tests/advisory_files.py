"""Advisory records, feed folders and databases for tests, in the shape that the real ones have."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pratique.advisories.build import Fresh, build_database
from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.sources import SOURCES, Format, Source
from pratique.model.digest import DiffId
from pratique.model.package import InstalledPackage, Location, Package, PackageType

LAYER = DiffId(f"sha256:{'1' * 64}")
MOMENT = "2026-11-01T00:00:00Z"


def record(
    identifier: str, ecosystem: str, name: str, events: Sequence[Mapping[str, str]] = (), **more: Any
) -> dict[str, Any]:
    """Return one OSV record about one package; ``more`` are further fields of the record."""
    kind = "SEMVER" if ecosystem in ("Go", "crates.io") else "ECOSYSTEM"
    affected = {"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": kind, "events": list(events)}]}
    return {"id": identifier, "modified": MOMENT, "affected": [affected], **more}


def fixed_in(version: str) -> list[dict[str, str]]:
    """Return the events of a flaw that was there from the beginning."""
    return [{"introduced": "0"}, {"fixed": version}]


def write_zip(path: Path, records: Sequence[Mapping[str, Any] | bytes]) -> Path:
    """Write records (or raw bytes) as one of OSV's bulk zips."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, item in enumerate(records):
            if isinstance(item, bytes):
                archive.writestr(f"broken-{place}.json", item)
            else:
                archive.writestr(f"{item['id']}.json", json.dumps(item))
    return path


def database_of(folder: Path, *records: Mapping[str, Any], kev: Sequence[str] = ()) -> SqliteDatabase:
    """Return a database of these records, whatever their ecosystems."""
    ecosystems = frozenset(
        affected["package"]["ecosystem"].partition(":")[0] for item in records for affected in item["affected"]
    )
    listed = folder / "records.json"
    listed.write_text(json.dumps(records))
    exploited = folder / "kev.json"
    entries = [{"cveID": name, "dateAdded": "2024-01-02", "dueDate": "2024-01-23"} for name in kev]
    exploited.write_text(json.dumps({"vulnerabilities": entries}))
    inputs = [
        Fresh(Source("test", "", "", "", Format.OSV_LIST, ecosystems), listed, MOMENT),
        Fresh(Source("kev", "", "", "", Format.KEV_JSON), exploited, MOMENT),
    ]
    path = folder / "advisories.sqlite"
    build_database(path, inputs if kev else inputs[:1], built=MOMENT)
    return open_database(path)


def osv_source(ecosystem: str) -> Source:
    """Return the entry of an ecosystem in the tuple of sources."""
    return next(source for source in SOURCES if source.name == f"osv/{ecosystem}")


def installed(
    kind: PackageType, name: str, version: str, ecosystem: str, *, source: tuple[str, str] = ("", ""), **more: str
) -> InstalledPackage:
    """Return an installed package; ``more`` may hold ``owned_by``, ``module`` and ``path``."""
    name_and_version = source if source[0] or not kind.is_system else (name, version)
    package = Package(
        kind,
        name,
        version,
        source_name=name_and_version[0],
        source_version=name_and_version[1],
        module=more.get("module", ""),
    )
    location = Location(more.get("path", "var/lib/dpkg/status"), LAYER)
    return InstalledPackage(package, ecosystem, (location,), owned_by=more.get("owned_by", ""))
