"""Takes the files that ``console.json`` names out of packages of the npm registry, each checked against its hash.

Run it with the folders that are to be filled, or none for all of them.  The page has no build step and its
Content-Security-Policy allows no import map, so the one thing that is changed in a file is a bare import of another
package, which becomes the file's own neighbour.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
LOCK = Path(__file__).with_name("console.json")
_SOURCE_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*$")


def fill(folder: Path, packages: list[Mapping[str, Any]]) -> None:
    """Write every named file of the packages into ``folder``, and nothing where a hash is not the expected one."""
    taken = {name: body for package in packages for name, body in _files(package).items()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in taken.items():
        (folder / name).write_bytes(body)


def _files(package: Mapping[str, Any]) -> dict[str, bytes]:
    files = {}
    with tarfile.open(fileobj=io.BytesIO(_fetched(package))) as archive:
        for inside, name in package["files"].items():
            member = archive.extractfile(f"package/{inside}")
            if member is None:
                raise SystemExit(f"{package['package']} has no file {inside}")
            body = member.read()
            files[name] = _own_imports(body) if name.endswith(".js") else body
    return files


def _own_imports(body: bytes) -> bytes:
    return _SOURCE_MAP.sub(b"\n", body.replace(b'from"preact"', b'from"./preact.js"'))


def _fetched(package: Mapping[str, Any]) -> bytes:
    name = f"{package['package']}@{package['version']}"
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["npm", "pack", "--silent", name], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
        (path,) = Path(scratch).glob("*.tgz")
        body = path.read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(body).digest()).decode()
    if found != package["integrity"]:
        raise SystemExit(f"{name} is not the package that was reviewed: its hash is {found}")
    return body


def main() -> None:
    """Fill the wanted folders."""
    lock = json.loads(LOCK.read_text())
    for folder in sys.argv[1:] or lock:
        fill(PROJECT / folder, lock[folder])
        print(f"{folder}: {', '.join(package['package'] for package in lock[folder])}")


if __name__ == "__main__":
    main()
