"""Reading images and findings from DynamoDB: only what the image's ``META`` names is ever shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from pratique.adapters.dynamodb_chains import chain_key
from pratique.adapters.dynamodb_finding_items import (
    COVERAGE,
    LAYERS,
    META,
    Meta,
    finding_from,
    finding_key,
    generation_of,
    generation_prefix,
    image_of,
    layers_from,
    meta_from,
    partition,
    stored_image,
    with_layers,
)
from pratique.adapters.dynamodb_items import Expression, Item, unpack
from pratique.adapters.dynamodb_table import DynamoTable
from pratique.errors import StoreError
from pratique.model.base_image import KnownImage
from pratique.model.coverage import Coverage, Reason
from pratique.model.image import ImageId
from pratique.ports.counts import Contribution
from pratique.ports.findings import FindingState, PlacedLayer, StoredFinding, StoredImage, StoredSample
from pratique.ports.queries import AffectedPage, ImagePage
from pratique.services.contributions import contribution_of
from pratique.services.finding_changes import Stored

_TRIES = 5


class DynamoFindingReads:
    """`FindingReader` and `ContributionSource` on the findings table."""

    def __init__(self, table: DynamoTable) -> None:
        """Read from ``table``."""
        self._table = table

    def image(self, image: ImageId) -> StoredImage | None:
        """Return one image with its layers and the whole of its coverage."""
        items = self._table.get_many([(partition(image), sort) for sort in (META, LAYERS, COVERAGE)], consistent=True)
        item = items.get((partition(image), META))
        if item is None or meta_from(item).retired:
            return None
        meta = meta_from(item)
        coverage = _coverage(meta, items.get((partition(image), COVERAGE)))
        return with_layers(stored_image(meta, coverage), items.get((partition(image), LAYERS)))

    def images(self, images: Sequence[ImageId]) -> tuple[StoredImage, ...]:
        """Return those that are known, without layers and, where they are long, without reasons."""
        items = self._table.get_many((partition(image), META) for image in images)
        metas = [meta_from(items[at]) for image in images if (at := (partition(image), META)) in items]
        return tuple(stored_image(meta) for meta in metas if not meta.retired)

    def findings(self, image: ImageId) -> tuple[tuple[StoredFinding, ...], tuple[StoredSample, ...]]:
        """Return the whole visible report, never parts of two."""
        meta, stored = self._report(image)
        if meta is None:
            return (), ()
        items = stored.values()
        return (
            tuple(item for item in items if isinstance(item, StoredFinding)),
            tuple(item for item in items if isinstance(item, StoredSample)),
        )

    def known_chains(self, chains: Iterable[str]) -> Mapping[str, KnownImage]:
        """Return the images that these chain IDs are known by."""
        found: dict[str, KnownImage] = {}
        for (key, _), item in self._table.get_many(chain_key(chain) for chain in chains).items():
            image = ImageId.parse(str(item["image"]))
            found[key.removeprefix("CHAIN#")] = KnownImage(str(item["name"]), image.digest, str(image))
        return found

    def contribution(self, image: ImageId) -> Contribution | None:
        """Return what the visible report adds to the counts."""
        meta, stored = self._report(image)
        if meta is None:
            return None
        return contribution_of(stored.values(), retired=meta.retired, status=meta.status, last_scan=meta.last_scan)

    def instances(self) -> tuple[str, ...]:
        """Return the instance IDs in order."""
        found = self._table.every(Expression("#PK = :all", {"all": "INSTANCES"}), keys_only=True)
        return tuple(str(item["SK"]) for item in found)

    def image_page(self, instance: str, *, prefix: str, after: str, limit: int) -> ImagePage:
        """Return one page of the list of images; ``after`` is the last one's ``<repository>@<digest>``."""
        items, last = self._table.page(_behind(f"IMGS#{instance}", prefix, after), index="GSI1", limit=limit)
        return ImagePage(tuple(image_of(item) for item in items), _position(last))

    def holders(self, digest: str) -> tuple[ImageId, ...]:
        """Return the images of any repository with this digest."""
        items = self._table.every(Expression("#PK = :digest", {"digest": f"DIGEST#{digest}"}), keys_only=True)
        return tuple(ImageId.parse("@".join((str(item["SK"]), digest))) for item in items)

    def affected(self, key: str, *, rank: int, prefix: str, after: str, limit: int) -> AffectedPage:
        """Return findings by their id; entries of reports that are not visible are left out."""
        entries, last = self._table.page(_behind(key, f"{rank}#{prefix}", after), index="GSI1", limit=limit)
        items = self._table.get_many((str(entry["PK"]), str(entry["SK"])) for entry in entries)
        parts = {str(entry["PK"]) for entry in entries}
        beside = self._table.get_many((part, sort) for part in parts for sort in (META, LAYERS))
        rows = []
        for entry in entries:
            found = items.get((str(entry["PK"]), str(entry["SK"])))
            top = beside.get((str(entry["PK"]), META))
            if found is None or top is None or meta_from(top).generation != generation_of(str(entry["SK"])):
                continue
            meta = meta_from(top)
            image = with_layers(stored_image(meta), beside.get((str(entry["PK"]), LAYERS)))
            finding = finding_from(found, image.layers, meta.last_scan)
            if finding.state is not FindingState.FIXED:
                rows.append((image, finding))
        return AffectedPage(tuple(rows), _position(last), len(entries))

    def _report(self, image: ImageId) -> tuple[Meta | None, Mapping[str, Stored]]:
        """Return the visible report; when it changes while it is read, read again."""
        for _ in range(_TRIES):
            item = self._table.get((partition(image), META))
            if item is None:
                return None, {}
            meta = meta_from(item)
            stored = self._findings_of(meta, self._layers(image)) if meta.generation else {}
            again = self._table.get((partition(image), META))
            if again is not None and meta_from(again).committed == meta.committed:
                return meta, stored
        raise StoreError("an image's report kept changing while it was read", image=str(image), retryable=True)

    def _findings_of(self, meta: Meta, layers: Sequence[PlacedLayer]) -> dict[str, Stored]:
        prefix = generation_prefix(meta.generation)
        condition = Expression(
            "#PK = :image AND begins_with(#SK, :generation)", {"image": partition(meta.image), "generation": prefix}
        )
        items = self._table.every(condition, consistent=True)
        return {finding_key(str(item["SK"])): finding_from(item, layers, meta.last_scan) for item in items}

    def _layers(self, image: ImageId) -> tuple[PlacedLayer, ...]:
        return layers_from(self._table.get((partition(image), LAYERS)))


def _coverage(meta: Meta, item: Item | None) -> Coverage | None:
    if meta.coverage is None or not meta.coverage_apart or item is None:
        return meta.coverage
    reasons = unpack(item["body"], tuple[Reason, ...])
    return structs.replace(meta.coverage, reasons=reasons)


def _behind(partition_key: str, prefix: str, after: str) -> Expression:
    """Return the condition for entries of an index partition that begin with ``prefix`` and lie behind ``after``."""
    # A space sorts before every character that follows a position, and the last character after all of them.
    first = f"{after} " if after else prefix or " "
    values = {"partition": partition_key, "first": first, "end": f"{prefix}\uffff"}
    return Expression("#GSI1PK = :partition AND #GSI1SK BETWEEN :first AND :end", values)


def _position(last: Item | None) -> str | None:
    return str(last["GSI1SK"]) if last else None
