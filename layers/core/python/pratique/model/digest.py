"""Content digests, as the OCI image specification writes them.

https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
"""

from __future__ import annotations

import re
from typing import NewType

from pratique.errors import InvalidValue

Digest = NewType("Digest", str)
"""``sha256:<64 hex>``: the digest of a manifest, a configuration or a (compressed) layer blob."""

DiffId = NewType("DiffId", str)
"""``sha256:<64 hex>``: the digest of a layer's uncompressed tar."""

_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")


def parse_digest(text: str) -> Digest:
    """Return ``text`` as a digest.

    Raises InvalidValue unless it is SHA-256 in lower-case hexadecimal, the one algorithm that registries
    are required to know.
    """
    if not _SHA256.fullmatch(text):
        raise InvalidValue(f"{text[:100]!r} is not a sha256 digest")
    return Digest(text)


def parse_diff_id(text: str) -> DiffId:
    """Return ``text`` as a diff ID; raises InvalidValue as `parse_digest` does."""
    return DiffId(parse_digest(text))
