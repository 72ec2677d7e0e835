"""A stream that ends only when size and SHA-256 are those that were promised."""

from __future__ import annotations

import hashlib

from pratique.errors import RegistryError
from pratique.model.digest import Digest
from pratique.ports.images import ByteReader


class SizedReader:
    """Hands on another reader's bytes, which must be exactly as many as were promised.

    It never returns more than the declared size, and returns ``b""`` only where the source ends there too; otherwise
    it raises RegistryError in place of the end.
    """

    def __init__(self, source: ByteReader, *, digest: Digest, size: int, image: str = "") -> None:
        """Read ``source``, which must hold ``size`` bytes; ``digest`` and ``image`` name it in errors."""
        self._source = source
        self._digest = digest
        self._size = size
        self._left = size
        self._image = image
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes (at least 1); ``b""`` at the end and only there."""
        if size < 1:
            raise ValueError("a positive number of bytes must be asked for")
        if self._left:
            return self._more(size)
        if not self._ended:
            self._finish()
            self._ended = True
        return b""

    def _more(self, size: int) -> bytes:
        chunk = self._source.read(min(size, self._left))
        if not chunk:
            got = self._size - self._left
            raise self._error(f"the blob ends after {got} of {self._size} bytes", retryable=True)
        self._left -= len(chunk)
        return chunk

    def _finish(self) -> None:
        if self._source.read(1):
            raise self._error(f"the blob is longer than the {self._size} bytes that its manifest states")

    def _error(self, message: str, *, retryable: bool = False) -> RegistryError:
        return RegistryError(message, image=self._image, layer=self._digest, retryable=retryable)


class VerifiedReader(SizedReader):
    """A `SizedReader` that checks the SHA-256 of what passes as well, in constant memory."""

    def __init__(self, source: ByteReader, *, digest: Digest, size: int, image: str = "") -> None:
        """Read ``source``, which must hold ``size`` bytes with this digest."""
        super().__init__(source, digest=digest, size=size, image=image)
        self._hash = hashlib.sha256()

    def _more(self, size: int) -> bytes:
        chunk = super()._more(size)
        self._hash.update(chunk)
        return chunk

    def _finish(self) -> None:
        super()._finish()
        found = f"sha256:{self._hash.hexdigest()}"
        if found != self._digest:
            raise self._error(f"the blob's content has the digest {found}")


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
