"""The list of images, and one image."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from pratique.model.image import ImageId
from pratique.ports.counts import BANDS, CountRow, ImageStatus, Risk, Table
from pratique.ports.findings import StoredImage
from pratique.services.contributions import risk_of
from pratique.services.query.count_rows import repositories_like
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.scope import EVERYWHERE, ScopeFilter

READ_BUDGET = 1000
"""Images looked at for one page, each page of a repository's list counting as one more."""

_BANDS = BANDS[Table.REPOSITORIES]


class ImageFilter(Struct, frozen=True):
    """What has to fit, all of it; ``repository_name`` is searched as `NameSearch` does."""

    scope: ScopeFilter = EVERYWHERE
    repository_name: str = ""
    risk: Risk | None = None
    status: ImageStatus | None = None


def get_image(reading: Reading, image: ImageId) -> StoredImage | None:
    """Return one image with its layers and coverage; None for one that was never seen or is retired."""
    return reading.findings.image(image)


def list_images(reading: Reading, wanted: ImageFilter, page: PageRequest) -> Page[StoredImage]:
    """Return one page of the images by instance, repository and digest, without their layers.

    Repositories that have no fitting image are not read: their counts say so.
    """
    repositories = repositories_like(reading, wanted.scope, wanted.repository_name)
    if wanted.scope.digest:
        held = [image for image in reading.findings.holders(wanted.scope.digest) if wanted.scope.holds(image)]
        named = [image for image in held if f"{image.instance}/{image.repository}" in repositories]
        items = tuple(image for image in reading.findings.images(named) if _fits(image, wanted))
        return Page(items, None, len(items))
    bound = ("images", wanted)
    place = reading.cursors.open(bound, page.cursor)
    found: list[StoredImage] = []
    read = 0
    for instance, prefix in _lists(wanted, repositories):
        name = f"{instance}/{prefix}"
        if place and name < place and not place.startswith(name):
            continue
        position: str | None = place.removeprefix(f"{instance}/") if place.startswith(name) else ""
        while position is not None:
            if len(found) == page.limit or read >= READ_BUDGET:
                return Page(
                    tuple(found),
                    reading.cursors.seal(bound, f"{instance}/{position or prefix}"),
                    _total(repositories, wanted),
                )
            listed = reading.findings.image_page(instance, prefix=prefix, after=position, limit=page.limit - len(found))
            fitting = [image for image in listed.images if wanted.scope.holds(image)]
            found.extend(image for image in reading.findings.images(fitting) if _fits(image, wanted))
            read += len(listed.images) + 1
            position = listed.after
    return Page(tuple(found), None, _total(repositories, wanted))


def _lists(wanted: ImageFilter, repositories: dict[str, CountRow]) -> Iterator[tuple[str, str]]:
    """Yield instance and prefix of the lists to read: whole ones where most of what they hold fits."""
    if not (wanted.repository_name or wanted.risk or wanted.status or wanted.scope.repository):
        prefix = f"{wanted.scope.namespace}/" if wanted.scope.namespace else ""
        for instance in sorted({key.partition("/")[0] for key in repositories}, key=lambda name: f"{name}/"):
            yield instance, prefix
        return
    for key in sorted(repositories, key=lambda key: f"{key}@"):
        if _may_hold(repositories[key], wanted):
            instance, _, repository = key.partition("/")
            yield instance, f"{repository}@"


def _may_hold(row: CountRow, wanted: ImageFilter) -> bool:
    return all(row.bands.get(_BANDS.index(word)) for word in _words(wanted))


def _words(wanted: ImageFilter) -> list[str]:
    words: list[str] = [wanted.risk] if wanted.risk else []
    return words + ([f"status/{wanted.status}"] if wanted.status else [])


def _total(repositories: dict[str, CountRow], wanted: ImageFilter) -> int | None:
    """Return the number of fitting images where the counts tell it: not for risk and status together."""
    words = _words(wanted) or list(Risk)
    if wanted.risk and wanted.status:
        return None
    return sum(row.bands.get(_BANDS.index(word), 0) for row in repositories.values() for word in words)


def _fits(image: StoredImage, wanted: ImageFilter) -> bool:
    return wanted.status in {None, ImageStatus.of(image.status)} and wanted.risk in {
        None,
        risk_of(image.vulnerabilities, image.samples, image.status),
    }
