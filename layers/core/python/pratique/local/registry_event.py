"""The event that ECR sends when an image was pushed or deleted."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from pratique.local import ACCOUNT, REGION
from pratique.model.digest import Digest


def registry_event(action: str, repository: str, digest: Digest, *, tag: str = "") -> dict[str, Any]:
    """Return an ECR Image Action event; ``action`` is ``PUSH`` or ``DELETE``."""
    detail = {
        "action-type": action,
        "result": "SUCCESS",
        "repository-name": repository,
        "image-digest": digest,
        "manifest-media-type": "application/vnd.oci.image.manifest.v1+json",
    }
    if tag:
        detail["image-tag"] = tag
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "ECR Image Action",
        "source": "aws.ecr",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [],
        "detail": detail,
    }
