"""Findings, images and their parts as items of the findings table.

An image's items share the partition ``IMG#<instance>/<repository>@<digest>``:

* ``META``: which report is visible.  ``seq`` is the number of the last assessment that began, ``committed`` that of
  the visible report, ``generation`` names the set of finding items that it consists of.
* ``LAYERS`` and ``COVERAGE``: what ``META`` is too small for.
* ``G<generation>#V#<id>#<category>`` and ``G<generation>#M#<sha256>``: findings.  Those of any other generation than
  the visible one are being written or being removed, and nobody sees them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct, structs

from pratique.adapters.dynamodb_items import Item, Key, Value, pack, unpack
from pratique.adapters.dynamodb_package_rows import package_from, package_row
from pratique.adapters.dynamodb_sample_items import Times, sample_from, sample_values
from pratique.errors import StoreError
from pratique.model.base_image import NO_BASE, BaseImage
from pratique.model.coverage import Coverage, ScanStatus
from pratique.model.finding import Category
from pratique.model.image import ImageId
from pratique.model.image_tools import ImageTools
from pratique.model.severity import Priority, Severity
from pratique.ports.findings import (
    FindingState,
    LevelCounts,
    PlacedLayer,
    PriorityCounts,
    StoredFinding,
    StoredImage,
    StoredSample,
)
from pratique.services.finding_changes import Stored, key_of

META = "META"
LAYERS = "LAYERS"
COVERAGE = "COVERAGE"


class Meta(Struct, frozen=True):
    """What an image's ``META`` item says; see the module's docstring.  ``content`` is a fingerprint of the report.

    Where ``coverage_apart``, its reasons are in the ``COVERAGE`` item, which ``reasons_mark`` is a digest of.
    """

    image: ImageId
    seq: int
    committed: int
    generation: int
    retired: bool
    status: ScanStatus | None
    tags: tuple[str, ...]
    platform: str
    content: str
    coverage: Coverage | None
    coverage_apart: bool
    reasons_mark: str
    vulnerabilities: PriorityCounts
    samples: LevelCounts
    first_scan: datetime | None
    last_scan: datetime | None
    exploited: int = 0


def partition(image: ImageId) -> str:
    """Return the partition of an image's items."""
    return f"IMG#{image}"


def image_of(item: Item) -> ImageId:
    """Return the image that an item of an image's partition is about."""
    return ImageId.parse(str(item["PK"]).removeprefix("IMG#"))


def list_key(image: ImageId) -> Key:
    """Return the index key that lists an image."""
    return f"IMGS#{image.instance}", f"{image.repository}@{image.digest}"


def moment(value: Value | None) -> datetime | None:
    """Return a stored time, or None."""
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def moment_text(value: datetime) -> str:
    """Return a time as it is stored: RFC 3339 in UTC, which sorts as text."""
    return value.astimezone(UTC).isoformat()


def _number(value: Value | None) -> int:
    return value if isinstance(value, int) else 0


def _numbers(value: Value | None) -> tuple[int, int, int]:
    if not isinstance(value, tuple):
        return (0, 0, 0)
    first, second, third = value
    return int(first), int(second), int(third)


def meta_from(item: Item) -> Meta:
    """Read a ``META`` item."""
    status = str(item.get("status", ""))
    tags = item.get("tags", ())
    return Meta(
        image=image_of(item),
        seq=_number(item.get("seq")),
        committed=_number(item.get("committed")),
        generation=_number(item.get("generation")),
        retired="retired" in item,
        status=ScanStatus(status) if status else None,
        tags=tags if isinstance(tags, tuple) else (),
        platform=str(item.get("platform", "")),
        content=str(item.get("content", "")),
        coverage=unpack(item["coverage"], Coverage) if "coverage" in item else None,
        coverage_apart=bool(item.get("coverage_apart", False)),
        reasons_mark=str(item.get("reasons_mark", "")),
        vulnerabilities=PriorityCounts(*_numbers(item.get("vulnerabilities"))),
        samples=LevelCounts(*_numbers(item.get("samples"))),
        first_scan=moment(item.get("first_scan")),
        last_scan=moment(item.get("last_scan")),
        exploited=_number(item.get("exploited")),
    )


def meta_values(meta: Meta) -> dict[str, Value]:
    """Return the attributes that a commit sets on ``META``; those that are None or empty are left out."""
    values: dict[str, Value | None] = {
        "committed": meta.committed,
        "generation": meta.generation,
        "status": meta.status.value if meta.status else None,
        "tags": meta.tags,
        "platform": meta.platform,
        "content": meta.content,
        "coverage": pack(meta.coverage) if meta.coverage else None,
        "coverage_apart": meta.coverage_apart,
        "reasons_mark": meta.reasons_mark,
        "vulnerabilities": _texts(meta.vulnerabilities.high, meta.vulnerabilities.medium, meta.vulnerabilities.low),
        "samples": _texts(meta.samples.urgent, meta.samples.warning, meta.samples.notice),
        "first_scan": moment_text(meta.first_scan) if meta.first_scan else None,
        "last_scan": moment_text(meta.last_scan) if meta.last_scan else None,
        "exploited": meta.exploited,
    }
    return {name: value for name, value in values.items() if value is not None}


def _texts(*numbers: int) -> tuple[str, ...]:
    return tuple(str(number) for number in numbers)


def stored_image(meta: Meta, coverage: Coverage | None = None) -> StoredImage:
    """Return an image as lists have it, without what its layers' item says."""
    return StoredImage(
        id=meta.image,
        tags=meta.tags,
        platform=meta.platform,
        status=meta.status,
        coverage=coverage or meta.coverage,
        vulnerabilities=meta.vulnerabilities,
        samples=meta.samples,
        layers=(),
        first_scan=meta.first_scan,
        last_scan=meta.last_scan,
        seq=meta.committed,
        exploited=meta.exploited,
    )


def layers_item(image: ImageId, layers: Sequence[PlacedLayer], base: BaseImage, tools: ImageTools | None) -> Item:
    """Return the item that keeps an image's layers, the base that the lowest of them are of, and its tools."""
    return {"PK": partition(image), "SK": LAYERS, "body": pack(layers), "base": pack(base), "tools": pack(tools)}


def layers_from(item: Item | None) -> tuple[PlacedLayer, ...]:
    """Read the layers' item; no item has no layers."""
    return unpack(item["body"], tuple[PlacedLayer, ...]) if item else ()


def with_layers(image: StoredImage, item: Item | None) -> StoredImage:
    """Return an image with what its layers' item says; no item says nothing."""
    if not item:
        return image
    base = unpack(item["base"], BaseImage) if "base" in item else NO_BASE
    tools = unpack(item["tools"], ImageTools | None) if "tools" in item else None  # type: ignore[arg-type] # a union
    return structs.replace(image, layers=layers_from(item), base=base, tools=tools)


def generation_prefix(generation: int) -> str:
    """Return how the sort keys of a generation's finding items begin."""
    return f"G{generation:010}#"


def generation_of(sort: str) -> int:
    """Return the generation that a finding item's sort key names."""
    return int(sort[1:].partition("#")[0])


def finding_key(sort: str) -> str:
    """Return the finding's key inside its image from its item's sort key."""
    return sort.partition("#")[2]


def finding_item(stored: Stored, generation: int) -> Item:
    """Return a finding as an item of ``generation``; open ones are listed under their id, worst first."""
    sort = generation_prefix(generation) + key_of(stored)
    item: Item = {
        "PK": partition(stored.image),
        "SK": sort,
        "state": stored.state.value,
        "first_seen": moment_text(stored.first_seen),
    }
    if stored.state is FindingState.FIXED:
        item["last_seen"] = moment_text(stored.last_seen)
    else:
        rank, listed = (
            (stored.priority.rank, f"V#{stored.id}")
            if isinstance(stored, StoredFinding)
            else (stored.level.rank, f"M#{stored.sha256}")
        )
        item["GSI1PK"] = listed
        item["GSI1SK"] = f"{rank}#{stored.image}#{sort}"
    match stored:
        case StoredFinding():
            item |= {"priority": stored.priority.value, "severity": stored.severity.value}
            item["body"] = pack([package_row(package) for package in stored.packages])
        case StoredSample():
            item |= sample_values(stored)
    return item


def finding_from(item: Item, layers: Sequence[PlacedLayer], last_scan: datetime | None) -> Stored:
    """Read a finding item of an image with these ``layers`` whose last scan was at ``last_scan``."""
    places: Mapping[int, PlacedLayer] = {layer.index: layer for layer in layers}
    kind, _, rest = finding_key(str(item["SK"])).partition("#")
    first = moment(item["first_seen"])
    last = moment(item.get("last_seen")) or last_scan or first
    if first is None or last is None:
        raise StoreError("a finding has no times")
    state = FindingState(str(item["state"]))
    if kind == "M":
        return sample_from(item, image_of(item), rest, places, Times(state, first, last))
    identifier, _, category = rest.rpartition("#")
    return StoredFinding(
        image=image_of(item),
        id=identifier,
        category=Category(category),
        priority=Priority(str(item["priority"])),
        severity=Severity(str(item["severity"])),
        packages=tuple(package_from(row, places) for row in unpack(item["body"], list[list[str | int]])),
        state=state,
        first_seen=first,
        last_seen=last,
    )
