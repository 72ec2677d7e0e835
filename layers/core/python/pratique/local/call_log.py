"""Which permissions each function really needs: its AWS calls, as botocore makes them, in a file.

On where the environment variable ``PRATIQUE_CALL_LOG`` names the file; it takes one JSON object a line, each different
call once for each process.  The template's policies are tested with it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from msgspec.structs import asdict

from pratique.local.needed_permissions import Permission, needed_permissions
from pratique.wiring.stores import aws

VARIABLE = "PRATIQUE_CALL_LOG"
_HANDLER = re.compile(r"/functions/(\w+)/handler\.py$")
_EVENT = "provide-client-params"


class CallLog:
    """Writes down every call of clients that are made from now on."""

    def __init__(self, path: Path) -> None:
        """Append to ``path``."""
        self._path = path
        self._seen: set[tuple[str, Permission]] = set()
        self._lock = Lock()

    def record(self, **event: Any) -> None:
        """Take botocore's event ``provide-client-params``."""
        model = event["model"]
        function = _calling_function()
        if function is None:
            return
        for permission in needed_permissions(model.service_model.service_name, model.name, event["params"]):
            with self._lock:
                if (function, permission) in self._seen:
                    continue
                self._seen.add((function, permission))
                with self._path.open("a") as file:
                    file.write(json.dumps({"function": function, **asdict(permission)}) + "\n")


def start_call_log() -> None:
    """Begin to log this process's calls, where the environment asks for it."""
    path = os.environ.get(VARIABLE)
    if not path:
        return
    aws().session.register(_EVENT, CallLog(Path(path)).record, unique_id=VARIABLE)


def stop_call_log() -> None:
    """Log nothing of clients that are made from now on."""
    aws().session.unregister(_EVENT, unique_id=VARIABLE)


def _calling_function() -> str | None:
    """Return the folder of the handler that the call comes from, None for a call of the local system itself.

    Threads of the durable SDK run closures of the handler, so its file is on their stacks too.
    """
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to a stack that costs little
    while frame.f_back is not None:
        frame = frame.f_back
        if found := _HANDLER.search(frame.f_code.co_filename.replace(os.sep, "/")):
            return found[1]
    return None
