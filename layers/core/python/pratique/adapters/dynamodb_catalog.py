"""Walking the images that the system knows, in the order of their IDs."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.model.image import ImageId
from pratique.model.scope import Scope, ScopeKind
from pratique.ports.queries import FindingReader

_PAGE = 200


class DynamoImageCatalog:
    """`ImageCatalog` on the lists of images by instance."""

    def __init__(self, reader: FindingReader) -> None:
        """Read through ``reader``."""
        self._reader = reader

    def images(self, scope: str, *, after: str = "") -> Iterator[ImageId]:
        """Yield the images in ``scope`` behind the image ID ``after``."""
        wanted = Scope.parse(scope)
        if wanted.kind is ScopeKind.IMAGE:
            image = ImageId.parse(wanted.value)
            if wanted.value > after and self._reader.image(image):
                yield image
            return
        for instance, prefix in self._lists(wanted):
            name = f"{instance}/"
            if after and not after.startswith(name) and after > name:
                continue
            behind = after.removeprefix(name) if after.startswith(name) else ""
            yield from self._list(wanted, instance, prefix, behind)

    def _lists(self, wanted: Scope) -> Iterator[tuple[str, str]]:
        """Yield the instances to walk, in the order of image IDs, with the prefix that their images share."""
        instance, _, name = wanted.value.partition("/")
        match wanted.kind:
            case ScopeKind.ALL:
                yield from ((found, "") for found in sorted(self._reader.instances(), key=lambda found: f"{found}/"))
            case ScopeKind.REPOSITORY:
                yield instance, f"{name}@"
            case ScopeKind.NAMESPACE:
                yield instance, f"{name}/" if name else ""
            case _:
                yield instance, ""

    def _list(self, wanted: Scope, instance: str, prefix: str, after: str) -> Iterator[ImageId]:
        position: str | None = after if after > prefix else ""
        while position is not None:
            page = self._reader.image_page(instance, prefix=prefix, after=position, limit=_PAGE)
            yield from (image for image in page.images if wanted.holds(image))
            position = page.after
