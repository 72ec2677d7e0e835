"""The object store in a folder of this machine: the command line's cache of layer reports."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from pratique.errors import InvalidValue, StoreError

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:@+-]*(?:/[A-Za-z0-9_][A-Za-z0-9._:@+-]*)*")
_UNFINISHED = ".unfinished-"


class FolderObjectStore:
    """Implements the ObjectStore port with one file for each object, named by its key.

    A file is written beside its place and moved there, so a reader sees all of an object or none.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        """Return the object, or None where there is none; raises StoreError where it cannot be read."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"the object cannot be read: {error.strerror}", path=key) from error

    def put(self, key: str, body: bytes) -> None:
        """Store the object, replacing what was there; raises StoreError where it cannot be written."""
        path = self._path(key)
        try:
            self._write(path, body).replace(path)
        except OSError as error:
            raise StoreError(f"the object cannot be written: {error.strerror}", path=key) from error

    def put_if_absent(self, key: str, body: bytes) -> bool:
        """Store the object unless the key exists; return whether this call stored it."""
        path = self._path(key)
        try:
            unfinished = self._write(path, body)
            try:
                os.link(unfinished, path)
            except FileExistsError:
                return False
            finally:
                unfinished.unlink()
        except OSError as error:
            raise StoreError(f"the object cannot be written: {error.strerror}", path=key) from error
        return True

    def delete(self, keys: Iterable[str]) -> None:
        """Delete the objects; a key without one is no error.  Raises StoreError where any may still be there."""
        for key in keys:
            try:
                self._path(key).unlink(missing_ok=True)
            except OSError as error:
                raise StoreError(f"the object cannot be deleted: {error.strerror}", path=key) from error

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield every key that begins with ``prefix``, in order."""
        files = (path for path in self._folder.rglob("*") if path.is_file() and not path.name.startswith(_UNFINISHED))
        names = sorted(path.relative_to(self._folder).as_posix() for path in files)
        return (name for name in names if name.startswith(prefix))

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise InvalidValue(f"{key[:200]!r} is not an object key")
        return self._folder / key

    def _write(self, path: Path, body: bytes) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_UNFINISHED, delete=False) as file:
            file.write(body)
        return Path(file.name)
