"""A registry says that an image was pushed or deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pratique.errors import RegistryError
from pratique.model.image import ImageId
from pratique.model.scan_id import scan_id
from pratique.ports.clock import Clock
from pratique.ports.findings import FindingStore
from pratique.ports.image_catalog import ImageSources
from pratique.ports.scans import FunctionStarter, ScanRecord, ScanState, ScanStore


@dataclass(frozen=True, slots=True)
class ImageEvent:
    """One push or deletion: the image, its tag (empty for an untagged one) and when it happened."""

    image: ImageId
    tag: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceivePush:
    """Starts a scan for a pushed image, and retires a deleted one."""

    scans: ScanStore
    starter: FunctionStarter
    findings: FindingStore
    sources: ImageSources
    clock: Clock
    scan_image_function: str

    def pushed(self, event: ImageEvent) -> str:
        """Start the scan of a pushed image and return the scan's id.

        The id is made of the image and the event's own time, so an event that is delivered again finds its
        scan there.  The function is started again all the same, under the same execution name: a worker that
        died between the two calls must not lose the push.
        """
        identifier = scan_id(event.at, f"push {event.image} {event.tag}")
        record = ScanRecord(
            id=identifier,
            trigger="push",
            scope=f"IMG#{event.image}",
            state=ScanState.QUEUED,
            started=self.clock.now(),
            ended=None,
            images=1,
            images_done=0,
            layers=0,
            layers_done=0,
        )
        self.scans.start(record)
        payload = {
            "scan_id": identifier,
            "instance": event.image.instance,
            "repository": event.image.repository,
            "digest": event.image.digest,
            "tag": event.tag,
        }
        self.starter.start(self.scan_image_function, payload, execution_name=identifier)
        return identifier

    def deleted(self, event: ImageEvent) -> bool:
        """Retire the image unless its registry still has it, as after the removal of one tag of several.

        Returns whether it was retired.
        """
        source = self.sources.open(event.image.instance, event.image.repository)
        try:
            source.images(event.image.digest)
        except RegistryError as error:
            if error.retryable:
                raise
            self.findings.retire(event.image, self.clock.now())
            return True
        return False
