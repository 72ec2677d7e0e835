"""Every shared adversarial archive as a layer: no crash, no hang, bounded memory, nothing silent."""

from __future__ import annotations

import gzip
import json
import resource
from pathlib import Path
from typing import Any

import pytest

from pratique.archive.tar import EntryKind
from pratique.errors import ArchiveError
from pratique.model.coverage import ReasonCode
from pratique.model.inventory import LayerReport
from tests.layer_reading import paths_of, read_blob, walk
from tests.shared_data import shared

_FORMATS = ("tar", "tar.gz", "gz", "tar.bz2", "bz2")
_GAPS = {ReasonCode.LAYER_UNREADABLE, ReasonCode.LAYER_OVER_LIMIT, ReasonCode.ENTRY_REFUSED}
# case → why what the upstream reader refuses is no damage to us
_READ_ALL_THE_SAME: dict[str, str] = {}
# case → why a listing of ours differs from that of Python's tarfile
_OTHER_LISTING: dict[str, str] = {
    "go-pax-global-records.tar": "global records name no entry in container runtimes",
    "go-invalid-go17.tar": "tarfile takes the prefix for times",
}


def _cases(*formats: str) -> list[dict[str, Any]]:
    folder = shared("cases", "adversarial")
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()]
    return [{**row, "place": folder / row["file"]} for row in rows if row["format"] in formats]


def _expanded(path: Path, kind: str) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if kind.endswith("gz") else body


def _read(case: dict[str, Any]) -> LayerReport:
    blob = case["place"].read_bytes()
    return read_blob(blob, _expanded(case["place"], case["format"]))


def test_adversarial_layers_are_read_or_refused_within_bounds() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    silent = []
    for case in _cases(*_FORMATS):
        if case["id"] == "gen-layer-bomb-dpkg.tar.gz":
            continue  # holding its expanded form here would be the test's own memory; see below
        try:
            report = _read(case)
        except ArchiveError:
            continue
        told = {reason.code for reason in report.reasons} & _GAPS
        if case["expect"] == "error" and not told and case["id"] not in _READ_ALL_THE_SAME:
            silent.append(case["id"])
        assert not any(path.startswith(("/", "../")) or "/../" in path for path in paths_of(report))
    assert not silent
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024


def test_adversarial_listings_are_those_of_tarfile() -> None:
    wrong = []
    for case in _cases("tar"):
        if not case.get("entries") or case["id"] in _OTHER_LISTING:
            continue
        expected = [(row["name"].rstrip("/"), row["size"]) for row in case["entries"]]
        found = [
            (name.decode("utf-8", "surrogateescape").rstrip("/"), len(body) if kind is EntryKind.FILE else 0)
            for name, kind, body in walk(case["place"].read_bytes())
        ]
        if [name for name, _ in found] != [name for name, _ in expected]:
            wrong.append((case["id"], found, expected))
    assert not wrong


def test_an_adversarial_bomb_is_read_in_bounded_memory() -> None:
    (case,) = [row for row in _cases("tar.gz") if row["id"] == "gen-layer-bomb-dpkg.tar.gz"]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ArchiveError, match="diff ID"):
        read_blob(case["place"].read_bytes(), b"not its content")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
