"""Advisory sources out of a folder that is laid out like a mirror."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from pratique.errors import FeedError, SourceAbsent
from pratique.ports.feeds import Fetched


class FolderFeed:
    """Implements the Feed port; files are read where they lie."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, location: str, into: Path, etag: str = "") -> Fetched | None:  # noqa: ARG002 - nothing is copied
        """Return the file at ``location`` under the folder, or None where it is still what ``etag`` names.

        For a name with ``-current`` in it, the last in order of the names with a date in that place serves as well.
        Raises SourceAbsent where there is no such file, FeedError where it cannot be read.
        """
        relative = PurePosixPath(location)
        if relative.is_absolute() or ".." in relative.parts or "://" in location:
            raise FeedError("not a path under the folder", path=location[:200])
        path = self._folder / relative
        if not path.is_file() and "-current" in path.name:
            dated = sorted(path.parent.glob(path.name.replace("-current", "-*")))
            path = dated[-1] if dated else path
        try:
            status = path.stat()
        except FileNotFoundError as error:
            raise SourceAbsent("not in this mirror", path=location) from error
        except OSError as error:
            raise FeedError(f"cannot be read: {error.strerror}", path=location) from error
        found = f'"{path.name}-{status.st_size}-{status.st_mtime_ns}"'
        return None if found == etag else Fetched(path, found, status.st_size)
