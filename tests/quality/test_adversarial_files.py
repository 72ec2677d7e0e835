"""Every shared adversarial file inside a layer, wherever an extractor wants one: read or told, never lost."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from pratique.inventory.extractor import Extractor
from pratique.inventory.extractors import EXTRACTORS
from pratique.malware.packs import starter_pack
from pratique.malware.rules import compile_packs
from pratique.malware.scanner import RuleScanner
from pratique.model.coverage import ReasonCode
from tests.image_builder import layer_tar
from tests.layer_reading import paths_of, read_blob, read_files
from tests.property.format_samples import sample_path
from tests.shared_data import shared

_TOLD = {ReasonCode.FILE_UNREADABLE, ReasonCode.FILE_OVER_LIMIT}
_MOST_KILOBYTES = 400 * 1024
_BY_NAME = [one for one in EXTRACTORS if not one.paths.executables]


def _files() -> dict[str, bytes]:
    folder = shared("cases", "adversarial")
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()]
    return {row["id"]: (folder / row["file"]).read_bytes() for row in rows}


@pytest.mark.parametrize("extractor", _BY_NAME, ids=lambda one: one.name)
def test_adversarial_file_is_read_or_told(
    extractor: Extractor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path, silent = sample_path(extractor), []
    for name, body in _files().items():
        report = read_blob(layer_tar({path: body}), extractors=[extractor])
        told = {reason.path for reason in report.reasons if reason.code in _TOLD}
        if path not in told and path not in {file.path for file in report.files}:
            silent.append(name)
    assert not silent
    assert not list(tmp_path.iterdir())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < _MOST_KILOBYTES


def test_adversarial_files_before_executables_and_malware_detectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {f"opt/files/{name}": body for name, body in _files().items()}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scanner = RuleScanner(compile_packs([starter_pack()]))
    report = read_files(files, scanner=scanner)
    scanner.close()
    assert set(paths_of(report)) == set(files)
    assert report.files_scanned + sum(one.files for one in report.left_out) >= len(files)
    assert {reason.path.partition("!")[0] for reason in report.reasons} <= set(files)
    assert not list(tmp_path.iterdir())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < _MOST_KILOBYTES


def test_adversarial_files_take_a_process_that_reads_layers_less_than_512_mb() -> None:
    folder = shared("cases", "adversarial")
    command = [sys.executable, "-m", "tests.quality.adversarial_reading", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    layers, kilobytes = map(int, done.stdout.split())
    assert layers == 2 * len(_files())
    assert kilobytes < 512 * 1024
