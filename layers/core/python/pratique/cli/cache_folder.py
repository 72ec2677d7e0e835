"""Where the command line keeps what it need not fetch or compute again."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "PRATIQUE_CACHE"


def cache_folder() -> Path:
    """Return the cache folder, which may not exist yet.

    The environment variable PRATIQUE_CACHE names it; without that it is ``pratique`` in the user's cache folder
    (XDG base directory specification, ``~/.cache`` by default).
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "pratique"
