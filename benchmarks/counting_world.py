"""The deployed handlers in memory with a real image, counting all that is paid for."""

from __future__ import annotations

import resource
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from pratique.advisories.database import SqliteDatabase
from pratique.local.context import LocalContext
from pratique.local.template import memory_sizes
from pratique.malware.scanner import RuleScanner
from pratique.model.image import Image, ImageId, Layer
from pratique.model.usage import Usage
from pratique.ports.images import ByteReader, ImageSource
from pratique.ports.registry_lists import Listed
from pratique.ports.scans import BILLIONTH
from pratique.services.analyze_layer import AnalyzeLayer
from pratique.services.prices import DURABLE_OPERATION, EVENT, LAMBDA_GB_SECOND, LAMBDA_REQUEST, invocation_cost
from pratique.services.running_cost import RunningCost
from tests.fakes.world import DURABLE, MemoryRegistry, MemorySource, World

COLUMNS = (
    "GB-s",
    "requests",
    "durable operations",
    "write units",
    "read units",
    "S3 put",
    "S3 get",
    "events",
    "$ a 1,000",
)
_TEMPLATE = Path(__file__).parents[1] / "template.yaml"


@dataclass(frozen=True, slots=True)
class Counted:
    """What some work took: gigabyte-seconds and requests of Lambda, checkpointed operations, events, stores."""

    gigabyte_seconds: float = 0.0
    requests: float = 0.0
    operations: float = 0.0
    events: float = 0.0
    usage: Usage = field(default_factory=Usage)

    @property
    def dollars(self) -> float:
        """What it costs."""
        stores = invocation_cost(self.usage, seconds=0, gigabytes=0) / BILLIONTH - LAMBDA_REQUEST
        lambdas = self.gigabyte_seconds * LAMBDA_GB_SECOND + self.requests * LAMBDA_REQUEST
        return stores + lambdas + self.operations * DURABLE_OPERATION + self.events * EVENT

    def cells(self, images: int) -> list[str]:
        """Return each count for one of ``images`` images, and the dollars of a thousand."""
        usage = self.usage
        counts = (self.requests, self.operations, usage.write_units, usage.read_units)
        others = (usage.object_writes, usage.object_reads, self.events)
        each = [f"{count / images:.4g}" for count in (*counts, *others)]
        return [f"{self.gigabyte_seconds / images:.3f}", *each, f"{self.dollars * 1000 / images:.4f}"]


class LayoutRegistry(MemoryRegistry):
    """The registry of a world: every image in it has layers of one layout."""

    def __init__(self, source: ImageSource) -> None:
        """Take blobs from ``source``."""
        super().__init__()
        self._source = source

    def hold(self, name: ImageId, image: Image, tag: str, pushed: datetime) -> None:
        """Put an image in."""
        self.images_held.setdefault((name.instance, name.repository), {})[name.digest] = image
        self.listed[name] = Listed(name.digest, (tag,), pushed)

    def open(self, instance: str, repository: str) -> MemorySource:
        """Return a source that reads the layout's blobs."""
        return _LayoutSource(self, instance, repository)

    def open_blob(self, layer: Layer) -> AbstractContextManager[ByteReader]:
        """Open a layer's blob in the layout."""
        return self._source.open_layer(layer)


class _LayoutSource(MemorySource):
    @contextmanager
    def open_layer(self, layer: Layer) -> Iterator[ByteReader]:  # type: ignore[override] # any reader will do
        assert isinstance(self.registry, LayoutRegistry)
        with self.registry.open_blob(layer) as reader:
            yield reader


class CountingWorld(World):
    """A world that counts between `begin` and `end`; ``database`` may be set anew between scans."""

    def __init__(self, registry: LayoutRegistry, database: SqliteDatabase, scanner: RuleScanner) -> None:
        """Begin with empty stores; ``scanner`` is closed after each layer, so that its process is counted with it."""
        self.current = database
        self._scanner = scanner
        self._memory = memory_sizes(_TEMPLATE)
        self._nested = self._gigabyte_seconds = 0.0
        self._requests = self._operations = 0
        self._usage = Usage()
        super().__init__(lambda: self.current, registry=registry)

    def analyze_layer(self) -> AnalyzeLayer:
        """Read layers with the rules."""
        return replace(super().analyze_layer(), scanner=self._scanner)

    def running_cost(self, context: LocalContext) -> RunningCost:
        """Keep what an invocation takes for its own sum."""
        gigabytes = context.memory_limit_in_mb / 1024
        return RunningCost(self._take, self.stores.spending, self.clock, gigabytes=gigabytes)

    def _take(self) -> Usage:
        taken = self.meter.take()
        self._usage += taken
        return taken

    def execute(self, function: str, payload: Mapping[str, Any], name: str) -> Any:
        """Count an invocation with its own time; that of functions it invokes is theirs."""
        outer, self._nested = self._nested, 0.0
        began = cpu()
        answer = super().execute(function, payload, name)
        if function == "analyze_layer":
            self._scanner.close()
        whole = cpu() - began
        self.bill(function, whole - self._nested)
        self._nested = outer + whole
        if function in DURABLE:
            journal = self.journals[name]
            self._operations += len(journal.kept) + journal.contexts
            self._requests += 1  # it sleeps while it waits for what it invoked, and is invoked again afterwards
        return answer

    def count(self) -> Counted:
        """Do all that was started, what follows from it included, and return what it took since the last count."""
        self.work()
        began = cpu()
        self.deliver()
        self.bill("aggregate_findings", cpu() - began)
        self.bill("send_events", 0)
        objects = {"object_reads": self.objects.gets, "object_writes": self.objects.puts}
        self._take()
        usage = replace(self._usage, **objects)
        self._usage = Usage()
        counted = Counted(self._gigabyte_seconds, self._requests, self._operations, len(self.bus.events), usage)
        self.objects.gets = self.objects.puts = self._requests = self._operations = 0
        self._gigabyte_seconds = 0.0
        self.bus.events.clear()
        return counted

    def bill(self, function: str, seconds: float) -> None:
        """Count one invocation."""
        self._requests += 1
        self._gigabyte_seconds += seconds * self._memory[function] / 1024


def cpu() -> float:
    """Return the processor seconds of this process and of its children that have ended."""
    each = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in each)
