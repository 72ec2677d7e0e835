"""An image may have left its registry: look, and retire it if so."""

from __future__ import annotations

from msgspec import Struct

from pratique.errors import RegistryError
from pratique.model.image import ImageId
from pratique.ports.clock import Clock
from pratique.ports.findings import FindingStore
from pratique.ports.image_catalog import ImageSources


class RetireImage(Struct, frozen=True):
    """Takes an image out of every list and count once its registry does not have it."""

    findings: FindingStore
    sources: ImageSources
    clock: Clock

    def __call__(self, image: ImageId) -> bool:
        """Return whether it was retired; raises RegistryError where the registry cannot tell now."""
        try:
            self.sources.open(image.instance, image.repository).images(image.digest)
        except RegistryError as error:
            if error.retryable:
                raise
            self.findings.retire(image, self.clock.now())
            return True
        return False
