"""The deployed handlers in memory: registry, tables, bucket, clock and durable executions, with faults to order.

`push` and `delete` are what ECR and its events do, `tick` is the schedule; `work` carries out what was started.
"""

from __future__ import annotations

import importlib
import inspect
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest import mock

from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.adapters.usage_meter import UsageMeter
from pratique.archive.limits import Limits
from pratique.errors import RegistryError
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.local.context import LocalContext
from pratique.model.digest import DiffId, Digest
from pratique.model.image import Image, ImageId, Layer, Platform
from pratique.ports.advisories import AdvisoryDatabase
from pratique.ports.registry_lists import Listed
from pratique.services.aggregate_findings import AggregateFindings
from pratique.services.analyze_layer import AnalyzeLayer
from pratique.services.assess_image import AssessImage
from pratique.services.end_scan import EndScan
from pratique.services.fail_image import FailImage
from pratique.services.plan_scan import PlanScan
from pratique.services.receive_push import ImageEvent, ReceivePush
from pratique.services.reconcile import Reconcile
from pratique.services.resolve_image import ResolveImage
from pratique.services.retire_image import RetireImage
from pratique.services.running_cost import RunningCost
from pratique.services.scan_gate import ScanGate
from pratique.services.send_events import SendEvents
from pratique.services.start_scan import StartScan
from pratique.services.stop_scan import StopScan
from pratique.services.tick import Tick
from pratique.wiring.environment import Environment
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.durable import Journal, MemoryContext
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.objects import MemoryObjects
from tests.fakes.scanner import FakeScanner
from tests.fakes.starter import FakeStarter
from tests.image_builder import BuiltLayer, build_layer

OWN = "111122223333.eu-west-1"
DURABLE = ("scan_image", "rescan")
_HANDLERS = ("scan_image", "rescan", "analyze_layer", "assess_image")


class MemoryRegistry:
    """`RegistryLists` and `ImageSources`; ``fault`` may raise before a layer's blob is opened, or change its bytes."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.images_held: dict[tuple[str, str], dict[Digest, Image]] = {}
        self.listed: dict[ImageId, Listed] = {}
        self.opened: Counter[str] = Counter()
        self.fault: Callable[[Layer, bytes], bytes] = lambda _layer, body: body

    def put(self, image: ImageId, layers: list[BuiltLayer], tags: tuple[str, ...], pushed: datetime) -> None:
        parts = []
        for index, built in enumerate(layers):
            self.blobs[built.digest] = built.blob
            size = len(built.blob)
            layer = Layer(Digest(built.digest), DiffId(built.diff_id), built.media_type, size, index, f"RUN {index}")
            parts.append(layer)
        whole = Image(str(image), image.digest, image.digest, Platform("linux", "amd64"), tuple(parts))
        self.images_held.setdefault((image.instance, image.repository), {})[image.digest] = whole
        for other, listed in self.listed.items():
            if (other.instance, other.repository) == (image.instance, image.repository):
                rest = tuple(tag for tag in listed.tags if tag not in tags)
                self.listed[other] = Listed(listed.digest, rest, listed.pushed)
        self.listed[image] = Listed(image.digest, tags, pushed)

    def remove(self, image: ImageId) -> None:
        del self.images_held[image.instance, image.repository][image.digest]
        del self.listed[image]

    def repositories(self, instance: str) -> Iterator[str]:
        return iter(sorted({repository for found, repository in self.images_held if found == instance}))

    def images(self, instance: str, repository: str) -> tuple[Listed, ...]:
        held = self.images_held.get((instance, repository), {})
        return tuple(self.listed[ImageId(instance, repository, digest)] for digest in held)

    def open(self, instance: str, repository: str) -> MemorySource:
        return MemorySource(self, instance, repository)


@dataclass
class MemorySource:
    registry: MemoryRegistry
    instance: str
    repository: str

    def images(self, reference: str, platform: Platform | None = None) -> tuple[Image, ...]:
        held = self.registry.images_held.get((self.instance, self.repository), {})
        if reference not in held:
            raise RegistryError("there is no such image", image=reference)
        return (held[Digest(reference)],)

    @contextmanager
    def open_layer(self, layer: Layer) -> Iterator[io.BytesIO]:
        self.registry.opened[layer.diff_id] += 1
        yield io.BytesIO(self.registry.fault(layer, self.registry.blobs[layer.digest]))


@dataclass
class World:
    """``database`` makes the advisory database that images are matched with at the moment."""

    database: Callable[[], AdvisoryDatabase]
    clock: FakeClock = field(default_factory=FakeClock)
    engine: FakeDynamo = field(default_factory=FakeDynamo)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    registry: MemoryRegistry = field(default_factory=MemoryRegistry)
    starter: FakeStarter = field(default_factory=FakeStarter)
    bus: FakeBus = field(default_factory=lambda: FakeBus(room=1_000_000))
    on_call: Callable[[str, Mapping[str, Any]], None] = lambda _function, _payload: None
    journals: dict[str, Journal] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    on_checkpoint: Callable[[str], None] = lambda _place: None
    _worked: int = 0
    _delivered: int = 0

    def __post_init__(self) -> None:
        self.meter = UsageMeter()
        self.stores: DynamoStores = dynamo_stores(
            self.engine.client, findings_table="F", index_table="I", meter=self.meter
        )
        kept = self.stores
        self.end_scan = EndScan(kept.scans, kept.events, self.clock)
        self.start_scan = StartScan(kept.scans, self.starter, self.clock, "rescan")
        self.tick = Tick(kept.settings, self.start_scan, self.clock)
        self.stop = StopScan(kept.scans, self.end_scan)
        retire = RetireImage(kept.findings, self.registry, self.clock)
        self.receive = ReceivePush(kept.scans, self.starter, kept.tags, kept.settings, retire, self.clock, "scan_image")
        reconcile = Reconcile(self.registry, kept.catalog, kept.findings, kept.tags, retire, self.clock, OWN)
        self.plan = PlanScan(reconcile, kept.catalog, kept.findings, self.objects, kept.settings)
        self.send = SendEvents(kept.events, kept.findings, kept.lineage, self.bus, self.clock)

    @contextmanager
    def wired(self) -> Iterator[None]:
        """Put this world behind the handlers."""
        kept = self.stores
        gate = ScanGate(kept.scans, kept.settings, kept.spending, kept.events, self.clock)
        settings = Environment(
            scan_image_function="scan_image",
            rescan_function="rescan",
            analyze_layer_function="analyze_layer",
            assess_image_function="assess_image",
        )
        parts = {
            "environment": lambda: settings,
            "stores": lambda: kept,
            "clock": lambda: self.clock,
            "starter": lambda: self.starter,
            "scan_gate": lambda: gate,
            "end_scan": lambda: self.end_scan,
            "fail_image": lambda: FailImage(kept.findings, self.clock),
            "resolve_image": lambda: ResolveImage(self.registry, self.objects, kept.settings),
            "plan_scan": lambda: self.plan,
            "analyze_layer": self.analyze_layer,
            "assess_image": self.assess_image,
            "running_cost": self.running_cost,
            "metrics": mock.MagicMock(),
        }
        with ExitStack() as stack:
            for name in _HANDLERS:
                module = importlib.import_module(f"functions.{name}.handler")
                for part, value in parts.items():
                    if hasattr(module, part):
                        stack.enter_context(mock.patch.object(module, part, value))
            yield

    def analyze_layer(self) -> AnalyzeLayer:
        return AnalyzeLayer(
            sources=self.registry,
            objects=self.objects,
            leases=self.stores.layers,
            clock=self.clock,
            selector=Selector(EXTRACTORS),
            scanner=FakeScanner(),
            limits=Limits(),
            analyzer="v1",
            lease_seconds=900,
        )

    def running_cost(self, context: LocalContext) -> RunningCost:
        gigabytes = context.memory_limit_in_mb / 1024
        return RunningCost(self.meter.take, self.stores.spending, self.clock, gigabytes=gigabytes)

    def assess_image(self) -> AssessImage:
        kept = self.stores
        return AssessImage(self.objects, kept.findings, self.database(), self.clock, kept.allow_list, kept.suppressions)

    def push(self, image: ImageId, layers: Iterable[Mapping[str, bytes]], tag: str, *, announced: int = 1) -> None:
        """Put an image into the registry and say so, as often as the event comes (0: it is lost)."""
        built = [build_layer(files) for files in layers]
        self.registry.put(image, built, (tag,), self.clock.now())
        event = ImageEvent(image, tag, self.clock.now())
        for _ in range(announced):
            self.receive.pushed(event)

    def delete(self, image: ImageId, *, announced: bool = True) -> None:
        """Take an image out of the registry, and say so."""
        self.registry.remove(image)
        if announced:
            self.receive.deleted(ImageEvent(image, "", self.clock.now()))

    def work(self) -> None:
        """Carry out everything that was started, and what that starts, each once."""
        while self._worked < len(self.starter.started):
            function, payload, name = self.starter.started[self._worked]
            self._worked += 1
            self.execute(function, payload, name)

    def execute(self, function: str, payload: Mapping[str, Any], name: str) -> Any:
        """Run one execution, which goes on from its journal where it was run before."""
        self.calls[function] += 1
        self.on_call(function, payload)
        handler = inspect.unwrap(importlib.import_module(f"functions.{function}.handler").lambda_handler)
        if function not in DURABLE:
            return json.loads(json.dumps(handler(dict(payload), LocalContext(function))))
        journal = self.journals.setdefault(name, Journal())
        journal.before = journal.after = lambda place: self.on_checkpoint(f"{name}{place}")

        def invoke(called: str, request: dict[str, Any], place: str) -> Any:
            return self.execute(called, request, f"{name}{place}")

        context = MemoryContext(journal, invoke, lambda seconds: self.clock.move(seconds=seconds))
        return handler(dict(payload), context)

    def deliver(self) -> None:
        """Let the stream's readers catch up: counts and events."""
        stream = self.engine.stream("F")
        records = stream[self._delivered :]
        self._delivered = len(stream)
        AggregateFindings(self.stores.findings, self.stores.counts, self.stores.library)(records)
        self.send(records)
