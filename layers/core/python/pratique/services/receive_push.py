"""A registry says that an image was pushed or deleted."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from pratique.model.image import ImageId
from pratique.model.scan_id import scan_id
from pratique.ports.clock import Clock
from pratique.ports.scans import FunctionStarter, ScanRecord, ScanState, ScanStore, SettingsStore
from pratique.ports.tags import TagStore
from pratique.services.retire_image import RetireImage
from pratique.services.selection import chooses_repository, chooses_tags


class ImageEvent(Struct, frozen=True):
    """One push or deletion: the image, its tag (empty for an untagged one) and when it happened."""

    image: ImageId
    tag: str
    at: datetime


class ReceivePush(Struct, frozen=True):
    """Starts a scan for a pushed image that the settings choose, and retires a deleted one.

    ``own`` is the instance ID of this account's registry; events of others count where the settings name them.
    """

    scans: ScanStore
    starter: FunctionStarter
    tags: TagStore
    settings: SettingsStore
    retire: RetireImage
    clock: Clock
    scan_image_function: str
    own: str = ""

    def pushed(self, event: ImageEvent) -> str | None:
        """Start the scan of a pushed image and return the scan's id, None where the settings do not choose it.

        The id is made of the image and the event's own time, so an event that is delivered again finds its
        scan there.  The function is started again all the same, under the same execution name: a worker that
        died between the two calls must not lose the push.
        """
        image, settings = event.image, self.settings.get()[0]
        tag = event.tag if event.tag and self.tags.move(image, event.tag, event.at) else ""
        if self.own and image.instance != self.own and settings.registry(image.instance) is None:
            return None
        if not chooses_repository(settings, image.instance, image.repository):
            return None
        if not chooses_tags(settings, [event.tag] if event.tag else []):
            return None
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
            "instance": image.instance,
            "repository": image.repository,
            "digest": image.digest,
            "tag": tag,
        }
        self.starter.start(self.scan_image_function, payload, execution_name=identifier)
        return identifier

    def deleted(self, event: ImageEvent) -> bool:
        """Retire the image unless its registry still has it, as after the removal of one tag of several.

        Returns whether it was retired; raises RegistryError where the registry cannot tell now.
        """
        if self.retire(event.image):
            return True
        if event.tag:
            self.tags.remove(event.image, event.tag)
        return False
