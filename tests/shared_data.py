"""Where the shared test data lies on this machine; it is never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_PROJECT = Path(__file__).resolve().parent.parent


def shared(*parts: str) -> Path:
    """Return the path of shared data; skips the calling test, saying why, where it is not on this machine.

    The folder is ``PRATIQUE_SHARED``, or ``shared`` beside the project.
    """
    folder = Path(os.environ.get("PRATIQUE_SHARED") or _PROJECT.parent / "shared")
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no shared data: {'/'.join(parts) or 'the folder'} (set PRATIQUE_SHARED)", allow_module_level=True)
    return path
