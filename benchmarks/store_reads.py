"""What every list route reads, first and tenth page, in a small and in a ten times larger estate.

    python -m benchmarks.store_reads [--images 1000] [--findings 100] [--engine memory]

Runs DynamoDB Local, or with ``--engine memory`` the tables in memory that the tests use: they are filled in a small
part of the time, and reckon read units by the rules in `tests.fakes.dynamodb_capacity`.  Writes the two estates of
`benchmarks.estate` straight into the tables, and asks every list with a process's first request each time: nothing is
remembered from one request to the next.  Read units are those that the engine reports, items those that it looked at,
objects the listings that were read.  Takes minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.estate import FINDINGS, EstateWriter, malware, name_of_number, plans
from pratique.adapters.dynamodb_reading import reading_from
from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.adapters.dynamodb_table import DynamoTable
from pratique.model.finding import Category
from pratique.model.image import ImageId
from pratique.model.severity import Priority
from pratique.ports.counts import Risk
from pratique.services.query.image_findings import ImageFindingFilter, list_image_findings
from pratique.services.query.images import ImageFilter, list_images
from pratique.services.query.overview import get_overview
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.repositories import RepositoryFilter, list_repositories
from pratique.services.query.sample import list_sample_images
from pratique.services.query.samples import SampleFilter, list_samples
from pratique.services.query.scans import ScanFilter, list_scans
from pratique.services.query.scope import EVERYWHERE, ScopeFilter
from pratique.services.query.vulnerabilities import VulnerabilityFilter, VulnerabilitySort, list_vulnerabilities
from pratique.services.query.vulnerability_images import list_vulnerability_images
from tests.contract.backends import create_tables, dynamodb_client, dynamodb_local
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.dynamodb_kept import kept
from tests.fakes.objects import MemoryObjects
from tests.finding_builder import NOON

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Ask = Callable[[Reading, PageRequest], Page[Any] | None]
_PAGES = 10


@dataclass
class Cost:
    """What was read since it was last cleared: units, items, objects."""

    units: float = 0.0
    items: int = 0
    objects: int = 0

    def clear(self) -> None:
        """Begin anew."""
        self.units, self.items, self.objects = 0.0, 0, 0

    def add(self, answer: Mapping[str, Any]) -> None:
        """Add what an answer of the service says of itself."""
        used = answer.get("ConsumedCapacity", {})
        self.units += sum(part["CapacityUnits"] for part in (used if isinstance(used, list) else [used]) if part)
        self.items += answer.get("ScannedCount", 0) + int("Item" in answer)
        self.items += sum(len(items) for items in answer.get("Responses", {}).values())

    def text(self) -> str:
        """Return it as a cell of the table."""
        return f"{self.units:g} / {self.items} / {self.objects}"


class Clock:
    """Noon of the day on which the estate was written."""

    def now(self) -> datetime:
        """Return it."""
        return NOON


@dataclass
class CountedObjects(MemoryObjects):
    """Objects that count how often they are read."""

    cost: Cost = field(default_factory=Cost)

    def get(self, key: str) -> bytes | None:
        """Return an object."""
        self.cost.objects += 1
        return super().get(key)


@dataclass
class Engine:
    """One estate on DynamoDB Local."""

    client: DynamoDBClient
    findings: str
    index: str
    cost: Cost
    objects: CountedObjects

    def stores(self) -> DynamoStores:
        """Return the stores of a new process."""
        return dynamo_stores(
            self.client, findings_table=self.findings, index_table=self.index, objects=self.objects, names_seconds=30
        )

    def reading(self) -> Reading:
        """Return the query side of a new process."""
        return reading_from(
            self.stores(), cursor_key=lambda: b"benchmark's key!", clock=Clock(), advisories=lambda: None
        )


def lists(image: ImageId) -> dict[str, Ask]:
    """Return every list route with what asks for a page of it."""
    namespace, instance = image.namespace, image.instance

    def vulnerabilities(**wanted: Any) -> Ask:
        return lambda reading, page: list_vulnerabilities(reading, VulnerabilityFilter(**wanted), page)

    def images(**wanted: Any) -> Ask:
        return lambda reading, page: list_images(reading, ImageFilter(**wanted), page)

    return {
        "/v1/vulnerabilities": vulnerabilities(),
        "… ?sort=last_scan": vulnerabilities(sort=VulnerabilitySort.LAST_SCAN),
        "… ?category=application&priority=high": vulnerabilities(category=Category.APPLICATION, priority=Priority.HIGH),
        "… ?name=overfow": vulnerabilities(name="overfow"),
        "… ?fix_available=true&epss_at_least=0.1": vulnerabilities(fix_available=True, epss_at_least=0.1),
        "… ?instance=": vulnerabilities(scope=ScopeFilter(instance=instance)),
        "… ?namespace=": vulnerabilities(scope=ScopeFilter(namespace=namespace)),
        "… ?repository=": vulnerabilities(scope=ScopeFilter(instance, repository=image.repository)),
        "… ?digest=": vulnerabilities(scope=ScopeFilter(digest=image.digest)),
        "… ?repository_name=": vulnerabilities(repository_name="team-0/service-1"),
        "/v1/vulnerabilities/{id}/images": lambda reading, page: list_vulnerability_images(
            reading, name_of_number(3), EVERYWHERE, page
        ),
        "/v1/samples": lambda reading, page: list_samples(reading, SampleFilter(), page),
        "/v1/samples/{sha256}/images": lambda reading, page: list_sample_images(
            reading, malware(1).sha256, EVERYWHERE, page
        ),
        "/v1/images": images(),
        "… ?risk=high (images)": images(risk=Risk.HIGH),
        "… ?repository_name= (images)": images(repository_name="service-1"),
        "/v1/images/{id}/findings": lambda reading, page: list_image_findings(
            reading, image, ImageFindingFilter(), page
        ),
        "/v1/repositories": lambda reading, page: list_repositories(reading, RepositoryFilter(), page),
        "/v1/scans": lambda reading, page: list_scans(reading, ScanFilter(), page),
        "/v1/overview": lambda reading, _: Page((get_overview(reading),), None, None),
    }


def measured(engine: Engine, ask: Ask) -> tuple[Cost, Cost | None]:
    """Return what the first page and the tenth one cost; None where the list has no tenth page."""
    cursor, first = "", Cost()
    for number in range(_PAGES):
        reading = engine.reading()
        engine.cost.clear()
        page = ask(reading, PageRequest(10, cursor))
        cost = Cost(engine.cost.units, engine.cost.items, engine.cost.objects)
        first = first if number else cost
        if number == _PAGES - 1:
            return first, cost
        if page is None or page.next_cursor is None:
            return first, None
        cursor = page.next_cursor
    return first, None


class CountedDynamo(FakeDynamo):
    """Tables in memory that count what is read of them, and keep no stream."""

    def __init__(self, cost: Cost) -> None:
        """Count in ``cost``."""
        super().__init__()
        self._cost = cost

    def get_item(self, **request: Any) -> Any:
        """Return one item."""
        return self._counted(super().get_item(**request, ReturnConsumedCapacity="TOTAL"))

    def batch_get_item(self, **request: Any) -> Any:
        """Return several items."""
        return self._counted(super().batch_get_item(**request, ReturnConsumedCapacity="TOTAL"))

    def query(self, **request: Any) -> Any:
        """Return a page of items."""
        answer = super().query(**request, ReturnConsumedCapacity="TOTAL")
        return self._counted({**answer, "ScannedCount": len(answer["Items"])})

    def batch_write_item(self, *, RequestItems: Mapping[str, Any], **_: str) -> Any:  # noqa: N803 - the service's names
        """Place items as they are: what they cost and whether they are allowed is not asked here."""
        ((table, requests),) = RequestItems.items()
        for request in requests:
            item = request["PutRequest"]["Item"]
            at = (item["PK"]["S"], item["SK"]["S"])
            self._partitions(table).move(self._item(table, at), item)
            self._tables.setdefault(table, {})[at] = kept(item)
        return {}

    def _counted(self, answer: Any) -> Any:
        self._cost.add(answer)
        return answer

    def _emit(self, *_: object) -> None:
        """Forget the change."""


@contextmanager
def estate(url: str | None, images: int, findings: int) -> Iterator[Engine]:
    """Write an estate of so many images and let reading it be measured; in memory where there is no ``url``."""
    cost = Cost()
    client = dynamodb_client(url) if url else CountedDynamo(cost).client
    findings_table, index_table = create_tables(client, str(images)) if url else ("F", "I")
    engine = Engine(client, findings_table, index_table, cost, CountedObjects(cost=cost))
    writer = EstateWriter(engine.stores(), DynamoTable(client, findings_table))
    writer.write(plans(images, findings=findings))
    print(f"{images} images of {findings} findings: {writer.distinct} distinct vulnerabilities", flush=True)
    if url:
        _count_reads(client, cost)
    yield engine


def _count_reads(client: DynamoDBClient, cost: Cost) -> None:
    def ask(params: dict[str, Any], **_: object) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def count(parsed: dict[str, Any], **_: object) -> None:
        cost.add(parsed)

    # A scan is never asked for: were it, the benchmark would not count it, and the template gives nobody the right.
    for operation in ("GetItem", "BatchGetItem", "Query"):
        client.meta.events.register(f"provide-client-params.dynamodb.{operation}", ask)
        client.meta.events.register(f"after-call.dynamodb.{operation}", count)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--findings", type=int, default=FINDINGS)
    parser.add_argument("--engine", choices=("local", "memory"), default="local")
    options = parser.parse_args()
    sizes = (options.images, 10 * options.images)
    costs: dict[str, list[tuple[Cost, Cost | None]]] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        dynamodb_local(Path(folder)) if options.engine == "local" else nullcontext() as url,
    ):
        for size in sizes:
            with estate(url, size, options.findings) as engine:
                image = next(iter(plans(size, findings=options.findings))).image
                for route, ask in lists(image).items():
                    costs.setdefault(route, []).append(measured(engine, ask))
    print("\nread units / items / objects\n")
    print(f"| list | first page, {sizes[0]:,} | first page, {sizes[1]:,} | tenth, {sizes[0]:,} | tenth, {sizes[1]:,} |")
    print("|---|---|---|---|---|")
    for route, ((small, small_tenth), (large, large_tenth)) in costs.items():
        tenths = [cost.text() if cost else "no tenth page" for cost in (small_tenth, large_tenth)]
        print(f"| `{route}` | {small.text()} | {large.text()} | {tenths[0]} | {tenths[1]} |")
    pairs = [
        (f"{route}, {page}", before.units, after.units)
        for route, (small, large) in costs.items()
        for page, before, after in (("first", small[0], large[0]), ("tenth", small[1], large[1]))
        if before and after
    ]
    worst = max(pairs, key=lambda pair: pair[2] / pair[1])
    print(f"\nworst ratio {worst[2] / worst[1]:.2f}: {worst[0]}")


if __name__ == "__main__":
    main()
