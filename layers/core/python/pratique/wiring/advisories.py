"""Keeping advisories current."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pratique.adapters.http_feed import HttpFeed
from pratique.services.update_advisories import UpdateAdvisories
from pratique.wiring.environment import environment
from pratique.wiring.stores import clock, objects

_FOLDER = Path(tempfile.gettempdir()) / "pratique-update"


def update_advisories() -> UpdateAdvisories:
    """Return the use case of ``update_advisories``, on the sources' own hosts or on the mirror that is set."""
    mirror = environment().feed_mirror
    return UpdateAdvisories(
        objects=objects(), feed=HttpFeed(mirror), clock=clock(), folder=_FOLDER, mirrored=bool(mirror)
    )
