"""Which part of the estate a question is about."""

from __future__ import annotations

from msgspec import Struct

from pratique.errors import InvalidValue
from pratique.model.image import ImageId


class ScopeFilter(Struct, frozen=True):
    """Exact names that all have to fit; empty ones fit every image.

    ``namespace`` is None for any and empty for repositories without one.  ``digest`` is that of the manifest.
    """

    instance: str = ""
    namespace: str | None = None
    repository: str = ""
    digest: str = ""

    def holds_repository(self, instance: str, repository: str) -> bool:
        """Whether images of this repository may fit."""
        return (
            self.instance in {"", instance}
            and self.repository in {"", repository}
            and self.namespace in {None, repository.rpartition("/")[0]}
        )

    def holds(self, image: ImageId) -> bool:
        """Whether an image fits."""
        return self.holds_repository(image.instance, image.repository) and self.digest in {"", image.digest}

    def without_digest(self, question: str) -> ScopeFilter:
        """Return this scope for a question that cannot be asked of one image; raises InvalidValue where it is."""
        if self.digest:
            raise InvalidValue(f"{question} cannot be filtered by digest")
        return self


EVERYWHERE = ScopeFilter()
"""Every image."""
