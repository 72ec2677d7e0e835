"""The serial number of the bill of materials of an image: the same one for the same image, so that VEX can refer to it.

https://cyclonedx.org/docs/1.6/json/#serialNumber
"""

from __future__ import annotations

import uuid

# A name of our own in RFC 4122's sense: made once, never changed.
_NAMESPACE = uuid.UUID("5d0a8a26-7c0b-5b7e-9a53-4f2f1c1f7d1e")


def serial_number(digest: str) -> uuid.UUID:
    """Return the number for the image with this manifest digest."""
    return uuid.uuid5(_NAMESPACE, digest)
