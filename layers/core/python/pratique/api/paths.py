"""Paths as the routes see them.

API Gateway's HTTP APIs hand ``rawPath`` on decoded, other front doors encoded.  An image ID has slashes of its own, so
the routes see it as one encoded segment and everything else decoded, whichever of the two arrived.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

_IMAGE = re.compile(r"(/v1/images/)(.+@sha256:[0-9a-f]{64})((?:/[a-z-]+)?)")


def routed_path(raw: str) -> str:
    """Return the path that routes are matched with."""
    decoded = unquote(raw)
    image = _IMAGE.fullmatch(decoded)
    if image:
        return f"{image[1]}{quote(image[2], safe='')}{image[3]}"
    return decoded


def image_path(identifier: str) -> str:
    """Return the path of one image's resource from its ID."""
    return f"/v1/images/{quote(identifier, safe='')}"
