"""The findings of one image, worst first."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from pratique.model.base_image import LayerOrigin
from pratique.model.finding import Category
from pratique.model.image import ImageId
from pratique.model.severity import Priority
from pratique.ports.findings import FindingState, StoredFinding, StoredSample, joined_origin
from pratique.services.query.names import NameSearch
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.row_order import Order, cut, ranked

_STATES = tuple(FindingState)


class ImageFindingFilter(Struct, frozen=True):
    """What has to fit, all of it; ``priority`` and ``category`` leave vulnerabilities only.

    ``origin`` is whose layers all of it came with.  ``name`` is searched in ids, sample names and package names.
    """

    kind: Literal["", "vulnerability", "sample"] = ""
    state: FindingState | None = None
    priority: Priority | None = None
    category: Category | None = None
    origin: LayerOrigin | None = None
    name: str = ""


def list_image_findings(
    reading: Reading, image: ImageId, wanted: ImageFindingFilter, page: PageRequest
) -> Page[StoredFinding | StoredSample] | None:
    """Return one page of an image's findings: open ones first, samples first, then by priority.

    None for an image that was never seen or is retired.
    """
    if reading.findings.image(image) is None:
        return None
    vulnerabilities, samples = reading.findings.findings(image)
    items: dict[str, StoredFinding | StoredSample] = {f"M#{item.sha256}": item for item in samples}
    items |= {f"V#{item.id}#{item.category}": item for item in vulnerabilities}
    fitting = {key: item for key, item in items.items() if _fits(item, wanted)}
    if wanted.name:
        search = NameSearch({key: _names(item) for key, item in fitting.items()})
        fitting = {key: fitting[key] for key in search.matching(wanted.name)}
    orders = {key: _order(item) for key, item in fitting.items()}
    keys, cursor = cut(reading.cursors, ("image findings", str(image), wanted), ranked(orders), page)
    return Page(tuple(fitting[key] for key in keys), cursor, len(fitting))


def _fits(item: StoredFinding | StoredSample, wanted: ImageFindingFilter) -> bool:
    if wanted.state not in {None, item.state} or wanted.origin not in {None, _origin(item)}:
        return False
    match item:
        case StoredSample():
            return wanted.kind in {"", "sample"} and wanted.priority is None and wanted.category is None
        case StoredFinding():
            return (
                wanted.kind in {"", "vulnerability"}
                and wanted.priority in {None, item.priority}
                and wanted.category in {None, item.category}
            )


def _origin(item: StoredFinding | StoredSample) -> LayerOrigin:
    if isinstance(item, StoredSample):
        return joined_origin(file.layer.origin for file in item.files)
    return item.origin


def _names(item: StoredFinding | StoredSample) -> tuple[str, ...]:
    if isinstance(item, StoredSample):
        return item.sha256, item.name, *(rule.rule for rule in item.rules)
    return item.id, *(name for package in item.packages for name in (package.name, package.source_name))


def _order(item: StoredFinding | StoredSample) -> Order:
    state = _STATES.index(item.state)
    return (state, 0, item.level.rank) if isinstance(item, StoredSample) else (state, 1, item.priority.rank)
