"""An HTTP server on loopback whose every answer a test decides, for what well-behaved registries never do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One answer; a body that is an iterator is sent without a stated length until it ends or the client leaves."""

    status: int = 200
    body: bytes | Iterator[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Asked], Told]


class ScriptedServer(ThreadingHTTPServer):
    """Keeps every request in ``asked``."""

    daemon_threads = False

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        super().__init__(("127.0.0.1", 0), _Requests)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"


class _Requests(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = cast("ScriptedServer", self.server)
        asked = Asked(self.command, self.path, dict(self.headers.items()))
        server.asked.append(asked)
        told = server.answer(asked)
        with suppress(ConnectionError):
            self.send_response(told.status)
            headers = dict(told.headers)
            if isinstance(told.body, bytes):
                headers.setdefault("Content-Length", str(len(told.body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in [told.body] if isinstance(told.body, bytes) else told.body:
                self.wfile.write(piece)

    do_HEAD = do_POST = do_GET  # noqa: N815 - the base class finds it by this name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


@contextmanager
def scripted(answer: Answer) -> Iterator[ScriptedServer]:
    """Serve ``answer`` until the test is done."""
    server = ScriptedServer(answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def layout_answers(layout: Path, manifest: str, *, repository: str = "app") -> Answer:
    """Answer as a registry whose ``repository`` has the blobs of an OCI layout, and ``manifest`` under every tag."""

    def answer(asked: Asked) -> Told:
        kind, _, name = asked.path.removeprefix(f"/v2/{repository}/").partition("/")
        digest = name if name.startswith("sha256:") else manifest
        file = layout / "blobs" / "sha256" / digest.removeprefix("sha256:")
        if kind not in ("manifests", "blobs") or not file.exists():
            return Told(404)
        media_type = "application/vnd.oci.image.manifest.v1+json" if kind == "manifests" else "application/octet-stream"
        return Told(body=file.read_bytes(), headers={"Content-Type": media_type})

    return answer
