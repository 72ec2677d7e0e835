"""A layer of any size that is never stored: its tar is made while it is read."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator

from pratique.archive.limits import Limits
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.inventory.layer import read_layer
from pratique.model.digest import DiffId, Digest
from pratique.model.inventory import LayerReport

_BLOCK = 512
_PACKAGE = b'{"name": "part-%d", "version": "1.%d.0", "dependencies": {"other": "^1.0.0"}}'


def tar_pieces(entries: int, size: int, *, every: int = 20) -> Iterator[bytes]:
    """Yield a tar of ``entries`` files of ``size`` bytes, a hundred a folder; each ``every``th is a package.json."""
    content = bytes(range(256)) * (size // 256 + 1)
    for number in range(entries):
        package = number % every == 0
        name = f"app/node_modules/part-{number}/package.json" if package else f"srv/{number // 100}/file-{number}.bin"
        body = _PACKAGE % (number, number) if package else content[:size]
        header = tarfile.TarInfo(name)
        header.size = len(body)
        yield header.tobuf(tarfile.USTAR_FORMAT)
        yield body
        if padding := -len(body) % _BLOCK:
            yield bytes(padding)
    yield bytes(2 * _BLOCK)


class PieceReader:
    """Reads pieces as a stream, holding one of them."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        """Begin with the first."""
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes, empty at the end."""
        taken = bytearray()
        while len(taken) < size:
            if not self._rest:
                self._rest = next(self._pieces, b"")
                if not self._rest:
                    break
            room = size - len(taken)
            taken += self._rest[:room]
            self._rest = self._rest[room:]
        return bytes(taken)


def read_generated(entries: int, size: int) -> LayerReport:
    """Read such a layer as an inventory does; it is made twice, as its digest must be known before."""
    hashed = hashlib.sha256()
    for piece in tar_pieces(entries, size):
        hashed.update(piece)
    digest = f"sha256:{hashed.hexdigest()}"
    return read_layer(
        PieceReader(tar_pieces(entries, size)),
        digest=Digest(digest),
        diff_id=DiffId(digest),
        media_type="application/vnd.oci.image.layer.v1.tar",
        selector=Selector(EXTRACTORS),
        scanner=None,
        limits=Limits(),
        analyzer_version="benchmark",
    )
