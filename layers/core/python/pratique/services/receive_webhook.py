"""A registry that is no ECR says over HTTP that images were pushed or deleted."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence

from msgspec import Struct

from pratique.ports.scans import SettingsStore
from pratique.services.receive_push import ImageEvent, ReceivePush


class ReceiveWebhook(Struct, frozen=True):
    """Believes a caller that sends the registry's secret; ``secret`` returns a secret's text by its ARN."""

    settings: SettingsStore
    secret: Callable[[str], str]
    receive: ReceivePush

    def allows(self, instance: str, sent: str) -> bool:
        """Whether a caller that sent this may speak for the registry; False where it has no webhook."""
        registry = self.settings.get()[0].registry(instance)
        if registry is None or not registry.webhook_secret or not sent:
            return False
        return hmac.compare_digest(self.secret(registry.webhook_secret).encode(), sent.encode())

    def __call__(self, action: str, events: Sequence[ImageEvent]) -> int:
        """Carry out what happened, as `ReceivePush` does; return how many scans were started or images retired."""
        if action == "DELETE":
            return sum(self.receive.deleted(event) for event in events)
        return sum(self.receive.pushed(event) is not None for event in events)
