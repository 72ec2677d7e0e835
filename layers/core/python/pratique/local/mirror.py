"""A folder of advisory sources served on loopback, as a mirror would be."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from pratique.adapters.folder_feed import FolderFeed
from pratique.errors import FeedError
from pratique.local.http_server import Request, Response


class FolderMirror:
    """Answers the files of a folder that is laid out like a mirror, each with an ETag."""

    def __init__(self, folder: Path) -> None:
        """Serve ``folder``."""
        self._folder = folder.resolve()
        self._feed = FolderFeed(self._folder)

    def answer(self, request: Request) -> Response:
        """Answer one request; a name that leaves the folder is not found."""
        location = unquote(urlsplit(request.target).path).lstrip("/")
        try:
            fetched = self._feed.fetch(location, self._folder, request.headers.get("if-none-match", ""))
        except FeedError:
            return Response(404)
        if fetched is None:
            return Response(304)
        return Response(
            200, fetched.path.read_bytes(), {"etag": fetched.etag, "content-type": "application/octet-stream"}
        )
