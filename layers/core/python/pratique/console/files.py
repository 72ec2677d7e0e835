"""The console's files as HTTP answers.

There is no build step, so what a bundler would do is done here: files have an address with the hash of them all, and
are kept by browsers for good; the page that names them is asked for anew each time.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path, PurePosixPath

from msgspec import Struct

PAGE = "index.html"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_FOR_GOOD = "public, max-age=31536000, immutable"
_ALWAYS_ANEW = "no-cache"
_STATIC = "/static/"
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}


class FileAnswer(Struct, frozen=True):
    """One answer; ``body`` is compressed where its headers say so."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ConsoleFiles:
    """All files of one folder, held compressed: together they are small."""

    def __init__(self, folder: Path) -> None:
        """Read the folder; raises OSError where it or its page is missing."""
        found = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in _TYPES
        }
        whole = hashlib.sha256()
        for name, body in found.items():
            whole.update(f"{name}\0{len(body)}\0".encode() + body)
        self.revision = whole.hexdigest()[:16]
        found[PAGE] = found[PAGE].replace(_STATIC.encode(), f"{_STATIC}{self.revision}/".encode())
        self._files = {name: (body, gzip.compress(body, mtime=0)) for name, body in found.items()}

    def answer(self, path: str, *, accepts: str = "", connects: str = "") -> FileAnswer:
        """Answer a GET of ``path``.

        ``accepts`` is the request's Accept-Encoding, ``connects`` further origins that the page may talk to.  Every
        address that is no file's is a view of the console, so it is answered with the page.
        """
        if not path.startswith(_STATIC):
            return self._file(PAGE, accepts, {"cache-control": _ALWAYS_ANEW, **_page_headers(connects)})
        revision, _, name = path.removeprefix(_STATIC).partition("/")
        if revision != self.revision or name not in self._files:
            headers = {"content-type": _TYPES[".txt"], "cache-control": "no-store", **_HEADERS}
            return FileAnswer(HTTPStatus.NOT_FOUND, headers, b"not found: load the page again\n")
        return self._file(name, accepts, {"cache-control": _FOR_GOOD})

    def _file(self, name: str, accepts: str, headers: Mapping[str, str]) -> FileAnswer:
        plain, packed = self._files[name]
        told = {"content-type": _TYPES[PurePosixPath(name).suffix], "vary": "accept-encoding", **_HEADERS, **headers}
        if "gzip" in accepts:
            return FileAnswer(HTTPStatus.OK, {**told, "content-encoding": "gzip"}, packed)
        return FileAnswer(HTTPStatus.OK, told, plain)


def _page_headers(connects: str) -> dict[str, str]:
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self'{' ' + connects if connects else ''}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return {"content-security-policy": policy}
