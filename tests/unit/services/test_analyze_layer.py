from __future__ import annotations

from pathlib import Path

import pytest

from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.adapters.folder_objects import FolderObjectStore
from pratique.archive.limits import Limits
from pratique.errors import RegistryError
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.inventory.report_codec import decode
from pratique.model.image import Image, Layer
from pratique.services.analyze_layer import AnalyzeLayer, LayerFailed, LayerHeld, LayerRead
from pratique.services.report_key import report_key
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.sources import FolderSources
from tests.image_builder import build_layout
from tests.layer_reading import paths_of

INSTANCE, REPOSITORY = "000000000000.us-east-1", "demo"
SECONDS = 900


class Bench:
    """One image in one repository, and the use case over it."""

    def __init__(self, folder: Path) -> None:
        build_layout(
            folder / INSTANCE / REPOSITORY,
            [{"etc/os-release": b'ID=debian\nVERSION_ID="12"\n'}, {"app/package.json": b'{"name":"a","version":"1"}'}],
        )
        self.sources = FolderSources(folder)
        self.objects = FolderObjectStore(folder / "objects")
        self.stores: DynamoStores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
        self.clock = FakeClock()
        self.image: Image = self.sources.open(INSTANCE, REPOSITORY).images("")[0]
        self.sources.opened = 0

    def read(self, layer: Layer, owner: str = "one") -> LayerRead | LayerHeld | LayerFailed:
        service = AnalyzeLayer(
            sources=self.sources,
            objects=self.objects,
            leases=self.stores.layers,
            clock=self.clock,
            selector=Selector(EXTRACTORS),
            scanner=None,
            limits=Limits(),
            analyzer="v1",
            lease_seconds=SECONDS,
        )
        return service(INSTANCE, REPOSITORY, layer, owner=owner)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_layer_is_read_once_and_its_report_stored(bench: Bench) -> None:
    layer = bench.image.layers[0]
    first = bench.read(layer)
    assert first == LayerRead(report_key(layer.diff_id, "v1"), layer.size)
    stored = bench.objects.get(report_key(layer.diff_id, "v1"))
    assert stored is not None
    assert paths_of(decode(stored)) == ("etc/os-release",)
    assert bench.read(layer, owner="another") == LayerRead(report_key(layer.diff_id, "v1"), 0)
    assert bench.sources.opened == 1


def test_layer_that_another_worker_reads_is_held_until_its_lease_ends(bench: Bench) -> None:
    layer = bench.image.layers[0]
    bench.stores.layers.claim(layer.diff_id, "v1", "dead worker", bench.clock.now(), SECONDS)
    bench.clock.move(seconds=100)
    assert bench.read(layer) == LayerHeld(SECONDS - 100)
    assert bench.sources.opened == 0
    bench.clock.move(seconds=SECONDS)
    assert isinstance(bench.read(layer), LayerRead)


def test_layer_that_fails_gives_its_lease_back_and_says_why(bench: Bench) -> None:
    layer = bench.image.layers[0]
    bench.sources.error = RegistryError("the registry is busy", retryable=True)
    outcome = bench.read(layer)
    assert outcome == LayerFailed("the registry is busy", retryable=True)
    bench.sources.error = None
    assert isinstance(bench.read(layer, owner="another"), LayerRead)


def test_layer_whose_blob_is_not_what_the_manifest_says_is_never_stored(bench: Bench) -> None:
    layer = bench.image.layers[0]
    name = layer.digest.removeprefix("sha256:")
    blob = bench.sources.root / INSTANCE / REPOSITORY / "blobs" / "sha256" / name
    damaged = bytearray(blob.read_bytes())
    damaged[-1] ^= 1
    blob.write_bytes(damaged)
    outcome = bench.read(layer)
    assert isinstance(outcome, LayerFailed)
    assert bench.objects.get(report_key(layer.diff_id, "v1")) is None
