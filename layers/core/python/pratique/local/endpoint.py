"""The embedded AWS endpoint: DynamoDB, its streams and S3 on loopback, in an environment of its own.

It is the ``ministack`` package, run as a child process because it pins an older botocore than the durable
SDK needs.  Only these three services of it are used: it is young, and accepts things that AWS refuses.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import urllib3

from pratique.errors import PratiqueError
from pratique.local.child import start_child, stop_child

_START_SECONDS = 30.0


def free_port() -> int:
    """Return a TCP port of the loopback address that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class EmbeddedEndpoint:
    """A context manager; ``url`` is the value for ``AWS_ENDPOINT_URL``."""

    def __init__(self, *, folder: Path, environment: Path = Path(".venv-endpoint")) -> None:
        """Keep logs and state under ``folder``; ``environment`` is the virtual environment of the endpoint."""
        self._folder = folder
        self._program = (environment / "bin" / "ministack").absolute()
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The endpoint's address."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        """Start the endpoint and wait until it answers.

        Raises PratiqueError where it is not installed or does not come up, naming its log.
        """
        if not self._program.exists():
            raise PratiqueError(f"the embedded endpoint is not installed: run `make setup` ({self._program.name})")
        log = self._folder / "endpoint.log"
        self._process = start_child([str(self._program)], environment=self._environment(), log=log)
        deadline = time.monotonic() + _START_SECONDS
        pool = urllib3.PoolManager(retries=False, timeout=1.0)
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                if pool.request("GET", f"{self.url}/_ministack/health").status == 200:  # noqa: PLR2004 - HTTP OK
                    return self
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        stop_child(self._process)
        raise PratiqueError(f"the embedded endpoint did not start; its log is {log}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the endpoint."""
        if self._process is not None:
            stop_child(self._process)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "GATEWAY_PORT": str(self._port),
            # Without the second it also listens on every interface, port 8883.
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "S3_PERSIST": "0",
            "PERSIST_STATE": "0",
        }
