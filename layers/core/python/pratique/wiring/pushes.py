"""Taking in what registries tell about pushes and removals."""

from __future__ import annotations

from pratique.services.receive_push import ReceivePush
from pratique.services.receive_webhook import ReceiveWebhook
from pratique.services.retire_image import RetireImage
from pratique.wiring.environment import environment
from pratique.wiring.registries import secrets, sources
from pratique.wiring.stores import clock, starter, stores


def receive_push() -> ReceivePush:
    """Return the use case of ``receive_push``."""
    kept = stores()
    return ReceivePush(
        scans=kept.scans,
        starter=starter(),
        tags=kept.tags,
        settings=kept.settings,
        retire=RetireImage(kept.findings, sources(), clock()),
        clock=clock(),
        scan_image_function=environment().need("scan_image_function"),
        own=environment().need("own_instance"),
    )


def receive_webhook() -> ReceiveWebhook:
    """Return the use case of ``receive_webhook``."""
    return ReceiveWebhook(stores().settings, secrets().value, receive_push())
