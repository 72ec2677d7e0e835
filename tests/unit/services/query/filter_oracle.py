"""An estate with random findings, and a slow oracle of what its lists answer to any filter.

The oracle knows nothing of counts, tables or names: it looks at each finding of each image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from msgspec import structs

from pratique.model.advisory import Exploitation
from pratique.model.base_image import BaseImage, LayerOrigin
from pratique.model.finding import Category
from pratique.model.image import ImageId
from pratique.model.processing import ProcessingStatus
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.services.query.samples import SampleFilter, SampleSort
from pratique.services.query.scope import ScopeFilter
from pratique.services.query.vulnerabilities import VulnerabilityFilter, VulnerabilitySort
from tests.fakes.estate import FakeEstate, fake_estate
from tests.finding_builder import at, finding, image_id, report, resolved, sample

ELSEWHERE = "444455556666.us-east-1"
IMAGES = (
    image_id("a", "team/shop"),
    image_id("b", "team/shop"),
    image_id("c", "team/blog"),
    image_id("d", "base"),
    image_id("e", "team/shop", ELSEWHERE),
    image_id("f", "platform/proxy", ELSEWHERE),
)
WORDS = ("heap overflow", "use after free", "path traversal")
PACKAGES = ("openssl", "zlib", "curl")
SAMPLES = tuple(f"miner {number}" for number in range(5))
DECIDED = "miner 1"


@dataclass(frozen=True)
class Flaw:
    """Facts of one vulnerability, the same in every image."""

    id: str
    title: str
    package: str
    epss: float
    exploited: bool
    fixed: bool


@dataclass(frozen=True)
class Placed:
    image: ImageId
    flaw: Flaw
    category: Category
    priority: Priority
    origin: LayerOrigin
    hours: float


@dataclass(frozen=True)
class Infected:
    image: ImageId
    name: str
    level: Level
    hours: float


FLAWS = tuple(
    Flaw(
        id=f"CVE-2024-{1000 + number}",
        title=f"{WORDS[number % 3]} number {number}",
        package=PACKAGES[number % 2 + number % 3 % 2],
        epss=number / 20,
        exploited=number % 4 == 0,
        fixed=number % 3 != 0,
    )
    for number in range(20)
)


def estate() -> tuple[FakeEstate, list[Placed], list[Infected]]:
    """Images with random findings, and what stands in them."""
    random, made = Random(7), fake_estate()  # noqa: S311 - picks what an image has
    placed, infected = list[Placed](), list[Infected]()
    for number, image in enumerate(IMAGES):
        found = []
        for flaw in random.sample(FLAWS, 9):
            layer = random.choice((0, 1))
            category, priority = random.choice(tuple(Category)), random.choice(tuple(Priority))
            origin = LayerOrigin.BASE if layer == 0 else LayerOrigin.APPLICATION
            placed.append(Placed(image, flaw, category, priority, origin, number))
            found.append(
                finding(
                    flaw.id, priority, category=category, package=flaw.package, title=flaw.title, layer=layer,
                    fixed="2" if flaw.fixed else "",
                    exploitation=Exploitation(kev_added="2024-05-01" if flaw.exploited else "", epss=flaw.epss),
                )
            )  # fmt: skip
        bad = [Infected(image, name, random.choice(tuple(Level)), number) for name in random.sample(SAMPLES, 2)]
        infected += bad
        made.clock.moment = at(number)
        content = report(found, [sample(item.name, item.level) for item in bad])
        store = made.stores.findings
        based = structs.replace(resolved(image), base=BaseImage(layers=1))
        store.write(image, based, content, seq=store.begin(image), tags=(), now=made.clock.now())
    made.settle()
    made.stores.library.decide(
        sample(DECIDED).sha256, ProcessingStatus.HANDLED, by="ann", note="", now=made.clock.now()
    )
    return made, placed, infected


def in_scope(scope: ScopeFilter, image: ImageId) -> bool:
    return all(
        (
            scope.instance in {"", image.instance},
            scope.namespace is None or image.repository.rpartition("/")[0] == scope.namespace,
            scope.repository in {"", image.repository},
            scope.digest in {"", image.digest},
        )
    )


def one_error_apart(left: str, right: str) -> bool:
    """Whether one letter too many, missing, wrong or changed with the next makes one text of the other."""
    if left == right:
        return True
    shorter, longer = sorted((left, right), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    if len(longer) > len(shorter):
        return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
    wrong = [at for at in range(len(left)) if left[at] != right[at]]
    swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and left[wrong[0]] == right[wrong[1]]
    return len(wrong) == 1 or (swapped and left[wrong[1]] == right[wrong[0]])


def named(wanted: str, names: Sequence[str], everything: Sequence[str]) -> bool:
    """Every word is a part of a name, or nearly one where it is a part of none at all."""
    folded = " ".join(names).casefold()
    for word in wanted.casefold().split():
        exact = any(word in text.casefold() for text in everything)
        if exact or len(word) < 4:
            if word not in folded:
                return False
        elif not any(
            one_error_apart(word, part[start : start + length])
            for part in folded.split()
            for length in (len(word) - 1, len(word), len(word) + 1)
            for start in range(len(part) - length + 1)
        ):
            return False
    return True


FLAW_NAMES = [f"{flaw.id} GHSA-{flaw.id} {flaw.title}" for flaw in FLAWS]
REPOSITORIES = sorted({image.repository for image in IMAGES})


def repository_fits(wanted: str, scope: ScopeFilter, image: ImageId) -> bool:
    known = [item.repository for item in IMAGES if in_scope(structs.replace(scope, digest=""), item)]
    return not wanted or named(wanted, [image.repository], known)


def expected_vulnerabilities(placed: list[Placed], wanted: VulnerabilityFilter) -> list[tuple[Any, ...]]:
    rows = []
    for flaw in FLAWS:
        there = [
            item
            for item in placed
            if item.flaw == flaw
            and in_scope(wanted.scope, item.image)
            and repository_fits(wanted.repository_name, wanted.scope, item.image)
        ]
        counted = [
            item for item in there if wanted.category in {None, item.category} and wanted.origin in {None, item.origin}
        ]
        fits = (
            (not wanted.name or named(wanted.name, [flaw.id, f"GHSA-{flaw.id}", flaw.title], FLAW_NAMES))
            and wanted.package in {"", flaw.package}
            and flaw.epss >= (wanted.epss_at_least or 0)
            and wanted.known_exploited in {None, flaw.exploited}
            and wanted.fix_available in {None, flaw.fixed}
        )
        if not counted or not fits:
            continue
        worst = min((item.priority for item in counted), key=lambda priority: priority.rank)
        if wanted.priority in {None, worst}:
            last, first = max(item.hours for item in there), min(item.hours for item in there)
            order = {
                VulnerabilitySort.PRIORITY: (worst.rank, -len(counted)),
                VulnerabilitySort.LAST_SCAN: (-last,),
                VulnerabilitySort.FIRST_SEEN: (-first,),
            }[wanted.sort]
            rows.append((order, flaw.id, worst, len(counted), at(last)))
    return [row[1:] for row in sorted(rows)]


def expected_samples(infected: list[Infected], wanted: SampleFilter) -> list[tuple[Any, ...]]:
    rows = []
    hashes = {name: sample(name).sha256 for name in SAMPLES}
    everything = [f"{hashes[name]} {name} rule_{name}" for name in SAMPLES]
    for name in SAMPLES:
        there = [
            item
            for item in infected
            if item.name == name
            and in_scope(wanted.scope, item.image)
            and repository_fits(wanted.repository_name, wanted.scope, item.image)
        ]
        status = ProcessingStatus.HANDLED if name == DECIDED else ProcessingStatus.UNHANDLED
        called = [hashes[name], name, f"rule_{name}"]
        if not there or wanted.status not in {None, status} or not named(wanted.name, called, everything):
            continue
        worst = min((item.level for item in there), key=lambda level: level.rank)
        if wanted.level in {None, worst}:
            last, first = max(item.hours for item in there), min(item.hours for item in there)
            order = {
                SampleSort.LEVEL: (worst.rank, -len(there)),
                SampleSort.LAST_SCAN: (-last,),
                SampleSort.FIRST_SEEN: (-first,),
            }[wanted.sort]
            rows.append((order, hashes[name], worst, len(there), at(last)))
    return [row[1:] for row in sorted(rows)]
