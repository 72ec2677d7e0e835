"""An estate of many images written straight into the tables, as scans and the aggregator would have left it.

An image of 100 findings has 60 that it shares with the other images on its base and 40 of its own packages.  Bases are
as many as the square root of the images.  What a base or an image has is drawn from 60,000 known vulnerabilities, of
which the first few are in almost everything and most in hardly anything (Zipf).  So the distinct vulnerabilities grow
with the estate, and ever more slowly: the numbers stand above each table.
"""

from __future__ import annotations

import itertools
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from pratique.adapters.dynamodb_finding_items import (
    META,
    Meta,
    finding_item,
    layers_item,
    list_key,
    meta_values,
    partition,
)
from pratique.adapters.dynamodb_items import Item
from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.adapters.dynamodb_table import DynamoTable, Put
from pratique.adapters.packed_items import MAX_FANOUT, hash_of
from pratique.model.coverage import ScanStatus
from pratique.model.finding import Category, VulnerabilityFinding
from pratique.model.image import ImageId
from pratique.model.sample import ImageSample, Level
from pratique.model.severity import Priority
from pratique.ports.counts import CountRow, TableName
from pratique.ports.findings import StoredFinding
from pratique.ports.scans import ScanRecord, ScanState
from pratique.reports.affected_packages import placed_layers
from pratique.services.contributions import contribution_deltas, contribution_of
from pratique.services.finding_changes import Stored, found_in, level_counts, priority_counts
from tests.finding_builder import NOON, coverage, digest_of, finding, report, resolved, sample

KNOWN = 60_000
FINDINGS = 100
_SHARED = 60
_IMAGES_OF_REPOSITORY = 10
_REPOSITORIES_OF_NAMESPACE = 20
_INSTANCES = ("111122223333.eu-west-1", "444455556666.us-east-1")
_PACKAGES = ("openssl", "glibc", "zlib", "curl", "systemd", "perl", "python3.11", "krb5", "expat", "libxml2")
_SLICE = 400
_WORDS = ("heap overflow", "use after free", "path traversal", "denial of service", "information leak")


@dataclass(frozen=True)
class Plan:
    """One image and what stands in it."""

    image: ImageId
    vulnerabilities: tuple[int, ...]
    samples: tuple[int, ...]
    scanned: float


class Pool:
    """Vulnerabilities by how common they are."""

    def __init__(self, seed: int) -> None:
        """Draw with ``seed``."""
        self._random = random.Random(seed)  # noqa: S311 - invents an estate
        self._weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(KNOWN)))

    def draw(self, number: int, *, without: Iterable[int] = ()) -> set[int]:
        """Return so many of them, none that is in ``without``."""
        found: set[int] = set()
        taken = set(without)
        while len(found) < number:
            drawn = bisect_left(self._weights, self._random.random() * self._weights[-1])
            if drawn not in taken:
                found.add(drawn)
        return found


def plans(images: int, *, seed: int = 1, findings: int = FINDINGS) -> Iterator[Plan]:
    """Yield what each image of the estate is made of."""
    pool, chance = Pool(seed), random.Random(seed + 1)  # noqa: S311 - invents an estate
    shared = findings * _SHARED // 100
    bases = [sorted(pool.draw(shared)) for _ in range(max(1, int(images**0.5)))]
    for number in range(images):
        repository = number // _IMAGES_OF_REPOSITORY
        namespace = repository // _REPOSITORIES_OF_NAMESPACE
        base = chance.choice(bases)
        yield Plan(
            image=ImageId(
                _INSTANCES[namespace % len(_INSTANCES)],
                f"team-{namespace}/service-{repository}",
                digest_of(f"image {number}"),
            ),
            vulnerabilities=(*base, *sorted(pool.draw(findings - shared, without=base))),
            samples=(chance.randrange(2 + int(images**0.25)),) if number % 5 == 0 else (),
            scanned=-chance.random() * 24 * 30,
        )


def name_of_number(number: int) -> str:
    """Return the id of the vulnerability that is the ``number``th most common."""
    return f"CVE-{2010 + number * 7 % 16}-{1000 + number * 7919 % 59_999}"


def vulnerability(number: int) -> VulnerabilityFinding:
    """Return it as a scan finds it."""
    kind = Category.APPLICATION if number % 3 == 0 else Category.SYSTEM
    identifier, package = name_of_number(number), _PACKAGES[number % len(_PACKAGES)]
    return finding(
        identifier,
        tuple(Priority)[number * 31 % 3],
        category=kind,
        package=f"{package}-{number % 97}",
        fixed="" if number % 4 == 0 else "9.9-1",
        title=f"{package}: {_WORDS[number % len(_WORDS)]} in function {number}",
        layer=number % 2,
    )


def malware(number: int) -> ImageSample:
    """Return a sample as a scan finds it."""
    return sample(f"sample {number}", tuple(Level)[number % 3])


class EstateWriter:
    """Writes plans into empty stores."""

    def __init__(self, stores: DynamoStores, findings: DynamoTable) -> None:
        """Write to ``stores``, of which ``findings`` is the findings table."""
        self._stores = stores
        self._findings = findings
        self._rows: dict[TableName, dict[str, Counter[int]]] = {}
        self._templates: dict[int, Item] = {}
        self._kept: dict[int, StoredFinding] = {}
        self._samples: set[int] = set()

    @property
    def distinct(self) -> int:
        """How many vulnerabilities stand anywhere."""
        return len(self._templates)

    def write(self, estate: Iterable[Plan]) -> None:
        """Write every image, then the counts and the library, and publish them."""
        self._findings.write_many(item for plan in estate for item in self._items(plan))
        self._count()
        self._remember()
        for number in range(300):
            started = NOON - timedelta(hours=number)
            record = ScanRecord(f"scan-{number:04}", "push", "ALL", ScanState.COMPLETE, started, started, 1, 1, 5, 5)
            self._stores.scans.start(record)
        self._stores.counts.publish(self._rows)
        self._stores.library.publish()

    def _items(self, plan: Plan) -> Iterator[Put]:
        image, now = plan.image, NOON + timedelta(hours=plan.scanned)
        found = [self._stored(image, number) for number in plan.vulnerabilities]
        bad = list(found_in(image, resolved(image), report((), [malware(n) for n in plan.samples]), now).values())
        self._samples.update(plan.samples)
        everything: list[Stored] = [*found, *bad]
        meta = Meta(
            image=image, seq=1, committed=1, generation=1, retired=False, status=ScanStatus.COMPLETE, tags=("1.0",),
            platform="linux/amd64", content="0" * 64, coverage=coverage(), coverage_apart=False, reasons_mark="",
            vulnerabilities=priority_counts(everything), samples=level_counts(everything),
            first_scan=now, last_scan=now,
        )  # fmt: skip
        listed, position = list_key(image)
        yield Put(
            {"PK": partition(image), "SK": META, "seq": 1, "GSI1PK": listed, "GSI1SK": position, **meta_values(meta)}
        )
        made = resolved(image)
        yield Put(layers_item(image, placed_layers(made), made.base, None))
        yield Put({"PK": f"DIGEST#{image.digest}", "SK": f"{image.instance}/{image.repository}"})
        yield Put({"PK": "INSTANCES", "SK": image.instance})
        for number, item in zip(plan.vulnerabilities, found, strict=True):
            yield Put(self._item(image, number, item))
        yield from (Put(finding_item(item, 1)) for item in bad)
        contribution = contribution_of(everything, retired=False, status=ScanStatus.COMPLETE, last_scan=now)
        for delta in contribution_deltas(image, contribution):
            self._rows.setdefault(delta.name, {}).setdefault(delta.key, Counter())[delta.band] += 1

    def _stored(self, image: ImageId, number: int) -> StoredFinding:
        kept = self._kept.get(number)
        if kept is None:
            ((_, stored),) = found_in(image, resolved(image), report([vulnerability(number)]), NOON).items()
            assert isinstance(stored, StoredFinding)
            kept = self._kept[number] = stored
        return kept

    def _item(self, image: ImageId, number: int, stored: StoredFinding) -> Item:
        template = self._templates.get(number)
        if template is None:
            template = self._templates[number] = finding_item(stored, 1)
        place = str(template["GSI1SK"]).replace(str(stored.image), str(image))
        return {**template, "PK": partition(image), "GSI1SK": place}

    def _count(self) -> None:
        for name, rows in self._rows.items():
            # In the order of the parts that they are kept in, so that a slice rewrites few of them.
            for part in _slices(sorted(rows.items(), key=lambda row: hash_of(row[0]) % MAX_FANOUT)):
                new = {key: CountRow(dict(bands), NOON, NOON) for key, bands in part.items()}
                self._stores.counts.correct(name, new, dict.fromkeys(new))

    def _remember(self) -> None:
        rest = iter(self._templates)
        while part := tuple(itertools.islice(rest, _SLICE)):
            self._stores.library.remember(report([vulnerability(number) for number in part]), NOON)
        self._stores.library.remember(report((), [malware(number) for number in sorted(self._samples)]), NOON)


def _slices(rows: Iterable[tuple[str, Counter[int]]]) -> Iterator[Mapping[str, Counter[int]]]:
    rest = iter(rows)
    while part := dict(itertools.islice(rest, _SLICE)):
        yield part
