"""A stream that ends only when size and SHA-256 are those that were promised."""

from __future__ import annotations

import hashlib

from pratique.errors import RegistryError
from pratique.model.digest import Digest
from pratique.ports.images import ByteReader


class VerifiedReader:
    """Hands on another reader's bytes and checks them on the way, in constant memory.

    It never returns more than the declared size, and returns ``b""`` only after both size and digest were
    found right; otherwise it raises RegistryError in place of the end.
    """

    def __init__(self, source: ByteReader, *, digest: Digest, size: int, image: str = "") -> None:
        """Read ``source``, which must hold ``size`` bytes with this digest."""
        self._source = source
        self._digest = digest
        self._size = size
        self._left = size
        self._image = image
        self._hash = hashlib.sha256()
        self._verified = False

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes (at least 1); ``b""`` at the verified end and only there."""
        if size < 1:
            raise ValueError("a positive number of bytes must be asked for")
        if self._left:
            return self._more(size)
        if not self._verified:
            self._finish()
        return b""

    def _more(self, size: int) -> bytes:
        chunk = self._source.read(min(size, self._left))
        if not chunk:
            got = self._size - self._left
            raise self._error(f"the blob ends after {got} of {self._size} bytes", retryable=True)
        self._left -= len(chunk)
        self._hash.update(chunk)
        return chunk

    def _finish(self) -> None:
        if self._source.read(1):
            raise self._error(f"the blob is longer than the {self._size} bytes that its manifest states")
        found = f"sha256:{self._hash.hexdigest()}"
        if found != self._digest:
            raise self._error(f"the blob's content has the digest {found}")
        self._verified = True

    def _error(self, message: str, *, retryable: bool = False) -> RegistryError:
        return RegistryError(message, image=self._image, layer=self._digest, retryable=retryable)


def read_verified(source: ByteReader, *, digest: Digest, size: int, limit: int, image: str = "") -> bytes:
    """Return a whole small blob after checking it.

    Raises RegistryError where its declared ``size`` is over ``limit`` bytes, or size or digest are not as promised.
    """
    if size > limit:
        raise RegistryError(f"{digest} is {size} bytes long, over the limit of {limit}", image=image)
    reader = VerifiedReader(source, digest=digest, size=size, image=image)
    chunks = []
    while chunk := reader.read(1 << 20):
        chunks.append(chunk)
    return b"".join(chunks)


def read_limited(source: ByteReader, limit: int, *, name: str) -> bytes:
    """Return a whole document whose digest nothing states; raises RegistryError where it is over ``limit`` bytes."""
    chunks: list[bytes] = []
    got = 0
    while chunk := source.read(1 << 20):
        got += len(chunk)
        if got > limit:
            raise RegistryError(f"{name} is over the limit of {limit} bytes")
        chunks.append(chunk)
    return b"".join(chunks)
