"""Answering questions."""

from __future__ import annotations

from functools import cache

import boto3

from pratique.ports.advisories import AdvisoryRevision
from pratique.services.query.page import CursorSigner
from pratique.services.query.reading import Reading
from pratique.services.update_advisories import current_revision
from pratique.wiring.environment import environment
from pratique.wiring.stores import clock, objects, stores


@cache
def reading() -> Reading:
    """Return what every question is answered from."""
    kept = stores()
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=environment().need("cursor_secret_arn"))
    return Reading(
        findings=kept.findings,
        counts=kept.counts,
        library=kept.library,
        scans=kept.scans,
        settings=kept.settings,
        cursors=CursorSigner(secret["SecretString"].encode()),
        clock=clock(),
        advisories=_revision,
    )


def _revision() -> AdvisoryRevision | None:
    return current_revision(objects())
