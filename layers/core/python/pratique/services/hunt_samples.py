"""Bring stored images to the rules in use: newest images first, reading only layers that a changed rule may concern.

A layer's report under the new rules is carried over from an older one where that tells all (`carry_over`).  What is
left is read by whoever invokes this; then the images are judged again from reports alone.  Images whose reports are
all of the rules in use are left alone, so a hunt that is begun again does nothing twice.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import msgspec
from msgspec import Struct, structs

from pratique.errors import PratiqueError, StoreError
from pratique.inventory.report_codec import decode, encode
from pratique.malware.hash_lists import HashLists
from pratique.model.digest import DiffId
from pratique.model.image import ImageId, Layer
from pratique.model.inventory import LayerReport
from pratique.model.sample import Detector, ImageSample
from pratique.ports.image_catalog import ImageCatalog
from pratique.ports.objects import ObjectStore
from pratique.ports.queries import FindingReader
from pratique.services.image_inventories import ImageInventories
from pratique.services.report_key import report_key
from pratique.services.resolve_image import load_image

_log = logging.getLogger(__name__)

_AT_ONCE = 100
# What a step of a durable function answers is checkpointed, and holds 256 KB: some 300 bytes for each layer.
_MOST_LAYERS = 300
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class HuntedImage(Struct, frozen=True):
    """One image that has to be judged again, and its layers that have to be read for that first."""

    image: ImageId
    layers: tuple[Layer, ...]


class HuntPlan(Struct, frozen=True):
    """One page of a hunt of ``length`` images: those to judge again, ``untouched`` and ``failed`` ones.

    ``carried`` are the layers whose reports followed from older ones.
    """

    length: int
    images: tuple[HuntedImage, ...]
    untouched: int
    failed: int
    carried: int


class HuntSamples(Struct, frozen=True):
    """Plans a hunt page by page.

    ``analyzer`` is the version that reports are to be of, ``rules_revision`` that of its rules, ``carry`` makes
    a report of it from older ones where that is possible, ``lists`` are the hash lists in use.
    """

    objects: ObjectStore
    catalog: ImageCatalog
    findings: FindingReader
    analyzer: str
    rules_revision: str
    carry: Callable[[DiffId], LayerReport | None]
    lists: HashLists

    def order(self, hunt: str, scope: str) -> int:
        """Keep the images of ``scope`` in the order in which they are hunted, newest first; return their number."""
        seen = sorted(self._first_scans(scope), key=lambda each: str(each[1]))
        newest = [str(image) for _, image in sorted(seen, key=lambda each: each[0], reverse=True)]
        self.objects.put(_key(hunt), msgspec.json.encode(newest))
        return len(newest)

    def page(self, hunt: str, *, start: int, length: int) -> HuntPlan:
        """Return what has to be done for up to ``length`` images from place ``start`` on, fewer where there is much.

        Raises StoreError.
        """
        body = self.objects.get(_key(hunt))
        if body is None:
            raise StoreError(f"the list of images of the hunt {hunt} is gone")
        names = msgspec.json.decode(body, type=list[str])[start : start + length]
        wanted: list[HuntedImage] = []
        passed = 0
        counts = {"untouched": 0, "failed": 0, "carried": 0}
        for name in names:
            if sum(len(each.layers) for each in wanted) >= _MOST_LAYERS:
                break
            passed += 1
            image = ImageId.parse(name)
            try:
                if self._is_done(image):
                    counts["untouched"] += 1
                    continue
                layers, carried = self._layers(image)
            except PratiqueError as error:
                _log.warning("image left out of the hunt", extra={"image": name, "reason": str(error)})
                counts["failed"] += 1
                continue
            counts["carried"] += carried
            wanted.append(HuntedImage(image, layers))
        return HuntPlan(passed, tuple(wanted), **counts)

    def _first_scans(self, scope: str) -> Iterator[tuple[datetime, ImageId]]:
        images = self.catalog.images(scope)
        while batch := tuple(itertools.islice(images, _AT_ONCE)):
            for stored in self.findings.images(batch):
                yield stored.first_scan or _LONG_AGO, stored.id

    def _is_done(self, image: ImageId) -> bool:
        """Whether the image's last report says what a new one would.

        Where only the hash lists are others, and name the same of its files as before, that is noted at once.
        """
        kept = ImageInventories(self.objects)
        analyzed = kept.get(image.digest)
        if analyzed.rules_revision != self.rules_revision:
            return False
        if analyzed.hashes_revision != self.lists.revision:
            if _listed(analyzed.inventory.samples) != self._listed_now(image):
                return False
            kept.put(image.digest, structs.replace(analyzed, hashes_revision=self.lists.revision))
        return True

    def _listed_now(self, image: ImageId) -> frozenset[tuple[str, str]] | None:
        """Return what the lists name of the image's files, None where a layer has no report that knows them."""
        found: set[tuple[str, str]] = set()
        for layer in load_image(self.objects, image.digest).layers:
            body = self.objects.get(report_key(layer.diff_id, self.analyzer))
            if body is None:
                return None
            for file in decode(body).scanned:
                match = self.lists.match(file)
                if match is not None:
                    found.add((file.sha256, match.key))
        return frozenset(found)

    def _layers(self, image: ImageId) -> tuple[tuple[Layer, ...], int]:
        """Return the layers that have to be read, and how many were carried over."""
        missing: list[Layer] = []
        carried = 0
        for layer in _once(load_image(self.objects, image.digest).layers):
            key = report_key(layer.diff_id, self.analyzer)
            if self.objects.get(key) is not None:
                continue
            report = self.carry(layer.diff_id)
            if report is None:
                missing.append(layer)
            else:
                self.objects.put_if_absent(key, encode(report))
                carried += 1
        return tuple(missing), carried


def _listed(samples: Iterable[ImageSample]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (sample.sha256, rule.key) for sample in samples for rule in sample.rules if rule.detector is Detector.HASH
    )


def _once(layers: Iterable[Layer]) -> Iterable[Layer]:
    return {layer.diff_id: layer for layer in layers}.values()


def _key(hunt: str) -> str:
    return f"hunts/{hunt}.json"
