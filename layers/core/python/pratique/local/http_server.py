"""A small threaded HTTP server on loopback: one function answers every request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from msgspec import Struct, field

_log = logging.getLogger(__name__)
_LARGEST_BODY = 6 * 1024 * 1024  # Lambda's own limit for a synchronous payload


class Request(Struct, frozen=True):
    """One request: ``target`` is path and query as sent, header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    client: str


class Response(Struct, frozen=True):
    """One response."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class LoopbackServer:
    """Serves until closed, from a daemon thread, with a thread for each connection."""

    def __init__(self, answer: Callable[[Request], Response], *, port: int = 0) -> None:
        """Listen on 127.0.0.1 at ``port`` (0: any that is free); raises OSError where it is taken."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler_class(answer))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()


def _handler_class(answer: Callable[[Request], Response]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            stated = self.headers.get("Content-Length") or "0"
            if not (stated.isascii() and stated.isdigit()):
                self.close_connection = True
                self._send(Response(400))
                return
            length = int(stated)
            if length > _LARGEST_BODY:
                self.close_connection = True
                self._send(Response(413))
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(length), self.client_address[0])
            try:
                response = answer(request)
            except Exception:  # noqa: BLE001 - the last handler there is: the client is told, the log has the rest
                _log.exception("request failed", extra={"method": request.method, "target": request.target})
                response = Response(500, b'{"message":"Internal Server Error"}', {"content-type": "application/json"})
            self._send(response)

        def _send(self, response: Response) -> None:
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            _log.debug("request", extra={"line": format % args})

    return Handler
