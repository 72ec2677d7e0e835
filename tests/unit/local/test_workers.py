"""Worker processes end with the process that started them, even where that one was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SCRIPT = """
import sys, time
from pathlib import Path
from pratique.local.workers import WorkerPool

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    pool = WorkerPool("sleeper", project=folder, log=folder / "log", workers=1)
    pool({"file": str(folder / "pid")}, None)
"""
HANDLER = """
import os, time
from pathlib import Path

def lambda_handler(event, context):
    Path(event["file"]).write_text(str(os.getpid()))
    time.sleep(60)
"""


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_worker_ends_with_a_killed_parent(tmp_path: Path) -> None:
    (tmp_path / "functions" / "sleeper").mkdir(parents=True)
    (tmp_path / "functions" / "__init__.py").touch()
    (tmp_path / "functions" / "sleeper" / "handler.py").write_text(HANDLER)
    (tmp_path / "parent.py").write_text(SCRIPT)
    with subprocess.Popen([sys.executable, str(tmp_path / "parent.py"), str(tmp_path)], cwd=tmp_path) as parent:
        deadline = time.monotonic() + 30
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        worker = int((tmp_path / "pid").read_text())
        os.kill(parent.pid, signal.SIGKILL)
    while alive(worker):
        assert time.monotonic() < deadline
        time.sleep(0.1)
