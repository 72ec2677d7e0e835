"""A small registry on loopback: images are pushed to it and pulled from it by any container tool.

It speaks the OCI distribution protocol (https://github.com/opencontainers/distribution-spec/blob/main/spec.md): pull,
push in one piece or in chunks, mounts, tag and repository lists, deletion of manifests.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from pratique.adapters.registry_auth import Credentials
from pratique.local.registry_requests import RegistryRequests
from pratique.local.registry_store import RegistryStore

_log = logging.getLogger(__name__)

_Socket = socket.socket | tuple[bytes, socket.socket]

_MOST_BYTES = 16 << 30
_MOST_CONNECTIONS = 256
_LONGEST_WAIT = 5.0


class EmbeddedRegistry:
    """A context manager; ``address`` is what stands before the first ``/`` of its images' references."""

    def __init__(
        self,
        folder: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        credentials: Credentials | None = None,
        most_bytes: int = _MOST_BYTES,
    ) -> None:
        """Store under ``folder``, listen on ``port`` (0: a free one).

        With ``credentials`` it asks for them (Basic); ``most_bytes`` bounds one blob.
        """
        self.store = RegistryStore(folder, most_bytes=most_bytes)
        self._server = _Server((host, port), self.store, credentials)
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """``host:port``."""
        return self._server.address

    def __enter__(self) -> Self:
        """Serve from a thread of this process; when this returns, connections are accepted."""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="registry", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving; what was pushed stays on disk."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.end_connections()


class _Server(ThreadingHTTPServer):
    """Counts its connections and can end them; a thread serves each."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, bind: tuple[str, int], store: RegistryStore, credentials: Credentials | None) -> None:
        self.store = store
        self.authorization = credentials.header() if credentials else None
        self._free = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._connections: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(bind, RegistryRequests)

    @property
    def address(self) -> str:
        """Host and port as a reference has them."""
        return f"{self.server_address[0]!s}:{self.server_port}"

    def process_request(self, request: _Socket, client_address: object) -> None:
        """Serve a connection, or drop it where there are too many for too long."""
        if not self._free.acquire(timeout=_LONGEST_WAIT):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: _Socket, client_address: object) -> None:
        """Serve a connection until it ends."""
        connection = cast("socket.socket", request)
        with self._changed:
            self._connections.add(connection)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()
            with self._changed:
                self._connections.discard(connection)
                self._changed.notify_all()

    def handle_error(self, request: _Socket, client_address: object) -> None:  # noqa: ARG002 - the base class's
        """Log what ended a connection; the client has seen it break."""
        _log.warning("a connection to the embedded registry failed", exc_info=True)

    def end_connections(self) -> None:
        """Break every connection, and return when their threads are done or after a few seconds."""
        with self._changed:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._connections, timeout=_LONGEST_WAIT)
