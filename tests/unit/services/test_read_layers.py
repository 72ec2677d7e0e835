from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pratique.adapters.folder_objects import FolderObjectStore
from pratique.adapters.sources import open_source
from pratique.archive.limits import Limits
from pratique.errors import RegistryError
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.model.coverage import ReasonCode
from pratique.model.image import Image, Layer
from pratique.ports.file_scanner import FileScan, OfferedFile
from pratique.services import read_layers
from pratique.services.read_layers import LayerReader, LayerState, ReadLayers, inventory_of
from tests.image_builder import Layer as Files
from tests.image_builder import build_layout, layer_tar

DPKG = b"Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
LAYERS: list[Files] = [
    {"etc/os-release": b"ID=debian\nVERSION_ID=12\n", "var/lib/dpkg/status": DPKG},
    {"opt/one": b"1"},
    {"opt/two": b"2"},
]


class CrashingScanner:
    """Ends its process at the file ``crash``, as a fault in native code would."""

    revision = "crashing"
    max_bytes = 1000

    def wants(self, path: str, size: int, head: bytes) -> bool:
        return path == "crash"

    def scan(self, files: Sequence[OfferedFile]) -> list[FileScan]:
        os._exit(9)


@dataclass(frozen=True)
class Builder:
    folder: Path
    crashing: bool = False

    def __call__(self) -> LayerReader:
        source, _ = open_source(str(self.folder))
        return LayerReader(source, Selector(EXTRACTORS), CrashingScanner() if self.crashing else None, Limits(), "v1")


@dataclass(frozen=True)
class NoBuilder:
    def __call__(self) -> LayerReader:
        raise RegistryError("no layer may be read")


def resolved(folder: Path) -> Image:
    source, reference = open_source(str(folder))
    return source.images(reference)[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build_layout(tmp_path / "image", LAYERS)
    return tmp_path / "image"


@pytest.mark.parametrize("workers", [1, 2])
def test_read_layers_reads_every_layer(folder: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_layers, "_WORTH_WORKERS", 0)
    target = ReadLayers(Builder(folder), "v1", workers)
    image = resolved(folder)
    layers = target(image)
    assert layers.reasons == ()
    inventory = inventory_of(image, layers)
    assert [installed.package.name for installed in inventory.packages] == ["a"]
    assert str(inventory.distribution) == "debian 12"


def test_read_layers_reads_no_layer_whose_report_is_kept(folder: Path, tmp_path: Path) -> None:
    objects = FolderObjectStore(tmp_path / "kept")
    image = resolved(folder)
    first = ReadLayers(Builder(folder), "v1", 1, objects)(image)
    states: list[LayerState] = []
    second = ReadLayers(NoBuilder(), "v1", 1, objects, lambda _layer, state: states.append(state))(image)
    assert second.reports == first.reports
    assert (first.known, second.known) == (0, 3)
    assert states == [LayerState.KNOWN] * 3


def test_read_layers_reads_again_what_another_analyzer_kept(folder: Path, tmp_path: Path) -> None:
    objects = FolderObjectStore(tmp_path / "kept")
    image = resolved(folder)
    ReadLayers(Builder(folder), "v1", 1, objects)(image)
    assert ReadLayers(Builder(folder), "v2", 1, objects)(image).known == 0


def test_read_layers_reads_again_what_is_damaged_in_the_store(folder: Path, tmp_path: Path) -> None:
    objects = FolderObjectStore(tmp_path / "kept")
    image = resolved(folder)
    ReadLayers(Builder(folder), "v1", 1, objects)(image)
    for key in objects.keys(""):
        objects.put(key, b"damaged")
    layers = ReadLayers(Builder(folder), "v1", 1, objects)(image)
    assert (layers.known, layers.reasons) == (0, ())


def test_read_layers_goes_on_where_nothing_can_be_kept(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"a file where a folder is needed")
    layers = ReadLayers(Builder(folder), "v1", 1, FolderObjectStore(tmp_path / "kept"))(resolved(folder))
    assert None not in layers.reports


@pytest.mark.parametrize("workers", [1, 2])
def test_read_layers_says_why_a_layer_is_missing(folder: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_layers, "_WORTH_WORKERS", 0)
    image = resolved(folder)
    lost = image.layers[1]
    (folder / "blobs" / "sha256" / lost.digest.partition(":")[2]).write_bytes(b"other")
    told: list[tuple[Layer, LayerState]] = []
    target = ReadLayers(Builder(folder), "v1", workers, None, lambda layer, state: told.append((layer, state)))
    layers = target(image)
    assert [report is None for report in layers.reports] == [False, True, False]
    assert [(reason.code, reason.layer) for reason in layers.reasons] == [(ReasonCode.LAYER_UNREADABLE, lost.diff_id)]
    assert (lost, LayerState.FAILED) in told
    reasons = inventory_of(image, layers).reasons
    assert [reason for reason in reasons if reason.layer == lost.diff_id] == list(layers.reasons)


def test_read_layers_loses_only_the_layer_that_crashes_its_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_layers, "_WORTH_WORKERS", 0)
    folder = tmp_path / "image"
    build_layout(folder, [*LAYERS, {"crash": b"now"}])
    image = resolved(folder)
    layers = ReadLayers(Builder(folder, crashing=True), "v1", 2)(image)
    assert [report is None for report in layers.reports] == [False, False, False, True]
    assert "ended unexpectedly" in layers.reasons[0].detail


def test_read_layers_reads_a_layer_that_stands_twice_once(tmp_path: Path) -> None:
    folder = tmp_path / "image"
    build_layout(folder, [LAYERS[0], LAYERS[1], LAYERS[1]])
    told: list[int] = []
    target = ReadLayers(Builder(folder), "v1", 1, None, lambda layer, _state: told.append(layer.index))
    layers = target(resolved(folder))
    assert layers.reports[1] == layers.reports[2]
    assert sorted(told) == [0, 1, 2]


def test_read_layers_keeps_no_report_of_a_layer_that_breaks_off(tmp_path: Path) -> None:
    folder = tmp_path / "image"
    build_layout(folder, [LAYERS[0], layer_tar({"opt/a": b"a" * 600, "opt/b": b"b" * 600})[:1800]])
    objects = FolderObjectStore(tmp_path / "kept")
    image = resolved(folder)
    layers = ReadLayers(Builder(folder), "v1", 1, objects)(image)
    assert None not in layers.reports
    assert len(list(objects.keys("layers/"))) == 1
    assert ReadLayers(Builder(folder), "v1", 1, objects)(image).known == 1
