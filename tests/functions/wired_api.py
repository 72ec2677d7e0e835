"""The API with everything behind it in memory: an estate, its objects, the starter advisories; nothing of AWS."""

from __future__ import annotations

import importlib
import pkgutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
from msgspec import structs

import pratique.wiring
from pratique.adapters.dynamodb_reading import reading_from
from pratique.advisories.starter import starter_database
from pratique.model.advisory import Exploitation
from pratique.model.base_image import BaseImage
from pratique.model.digest import DiffId
from pratique.model.finding import Category
from pratique.model.inventory import AnalyzedImage, ImageInventory
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.ports.advisories import AdvisoryRevision, SourceState
from pratique.ports.scans import ScanRecord, ScanState
from pratique.services.image_inventories import ImageInventories
from pratique.services.record_day import RecordDay
from pratique.services.write_export import WriteExport
from tests.fakes.estate import FakeEstate, fake_estate
from tests.fakes.objects import MemoryObjects
from tests.fakes.starter import FakeStarter
from tests.finding_builder import NOON, at, digest_of, finding, image_id, report, resolved, sample

IMAGE = image_id()
SCAN = "01JQ0000000000000000000000"
_NAMES = ("stores", "objects", "starter", "clock")


class Files:
    """An export store that keeps nothing."""

    def put(self, name: str, body: bytes, content_type: str) -> None:
        """Drop the file."""

    def link(self, name: str, seconds: int) -> str:
        file = name.rpartition("/")[2]
        return f"https://bucket.s3.eu-central-1.amazonaws.com/exports/{file}?X-Amz-Expires={seconds}&X-Amz-Signature=…"


def small_estate(objects: MemoryObjects) -> FakeEstate:
    """One image with a finding of each kind and all that its pages show, and another one that shares a finding."""
    estate = fake_estate()
    image = structs.replace(resolved(IMAGE, 2), base=BaseImage(layers=1, name="docker.io/library/debian:12"))
    found = report(
        [
            finding("CVE-2019-11324", Priority.HIGH, category=Category.APPLICATION, package="urllib3", layer=1,
                    version="1.24", fixed="1.24.2", title="urllib3 mishandles certificates",
                    exploitation=Exploitation(kev_added="2024-05-01", kev_due="2024-05-22", epss=0.42)),
            finding("CVE-2024-0727", Priority.LOW, title="Denial of service in OpenSSL"),
        ],
        [sample("miner", Level.URGENT)],
    )  # fmt: skip
    store = estate.stores.findings
    store.write(IMAGE, image, found, seq=store.begin(IMAGE), tags=("1.4", "latest"), now=NOON)
    estate.scan(image_id("blog", "team/blog"), report({"CVE-2024-0727": Priority.LOW}))
    estate.settle()
    RecordDay(estate.stores.counts, estate.stores.trend, estate.clock)()
    estate.stores.scans.start(ScanRecord(SCAN, "push", f"IMG#{IMAGE}", ScanState.COMPLETE, NOON, at(1), 1, 1, 2, 2))
    estate.revision = AdvisoryRevision("r1", NOON.isoformat(), False, (SourceState("osv", 1, 0, at(-2).isoformat()),))
    low, high = (DiffId(digest_of(f"content {index}")) for index in range(2))
    old, new = (
        InstalledPackage(
            Package(PackageType.PYPI, "urllib3", version), "PyPI",
            (Location(f"app/urllib3-{version}.dist-info/METADATA", layer),), removed_by=removed,
        )
        for version, layer, removed in (("1.23", low, high), ("1.24", high, None))
    )  # fmt: skip
    ImageInventories(objects).put(IMAGE.digest, AnalyzedImage(ImageInventory(None, (new,), (old,)), 2, 2, 9, 0, 0, ""))
    objects.put(f"images/{IMAGE.digest}.json", msgspec.json.encode(image))
    return estate


@contextmanager
def wired() -> Iterator[FakeEstate]:
    """Let the handler answer from a small estate."""
    objects, starter = MemoryObjects(), FakeStarter()
    estate = small_estate(objects)
    modules = [
        importlib.import_module(f"pratique.wiring.{found.name}")
        for found in pkgutil.iter_modules(pratique.wiring.__path__)
    ]
    stand_ins: dict[str, Any] = {
        "stores": lambda: estate.stores,
        "objects": lambda: objects,
        "starter": lambda: starter,
        "clock": lambda: estate.clock,
    }
    _forget(modules)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        started = ("RESCAN", "HUNT_SAMPLES", "APPLY_ALLOW_LIST", "APPLY_SUPPRESSIONS")
        variables = {f"PRATIQUE_{name}_FUNCTION": name.lower() for name in started}
        stack.enter_context(patch.dict("os.environ", {**variables, "PRATIQUE_BUCKET": "bucket"}))
        for module in modules:
            for name in _NAMES:
                if hasattr(module, name):
                    stack.enter_context(patch.object(module, name, stand_ins[name]))
            if hasattr(module, "_FOLDER"):
                stack.enter_context(patch.object(module, "_FOLDER", folder))
        queries = importlib.import_module("pratique.wiring.queries")
        reading = reading_from(
            estate.stores,
            cursor_key=lambda: b"0123456789abcdef",
            clock=estate.clock,
            advisories=lambda: estate.revision,
        )
        stack.enter_context(patch.object(queries, "reading", lambda: reading))
        stack.enter_context(patch.object(queries, "write_export", lambda: WriteExport(Files(), estate.clock)))
        answers = importlib.import_module("pratique.wiring.image_answers")
        # The starter advisories stand in for those of every time.
        stack.enter_context(patch.object(answers, "database", lambda _as_of="": starter_database(folder)))
        yield estate
    _forget(modules)


def _forget(modules: list[Any]) -> None:
    for module in modules:
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()
