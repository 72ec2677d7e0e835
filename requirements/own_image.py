"""Writes the built service as an OCI image, one layer for each Lambda layer and function, for pratique to read itself.

``own_image.py BUILT TARGET``: BUILT is what ``sam build`` made (`.aws-sam/build`), TARGET a folder to write anew.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from pratique.local.image_writer import LayerFiles, write_layout

_LAYER_ROOT = "opt"
_FUNCTION_ROOT = "var/task"


def write_own_image(built: Path, target: Path) -> int:
    """Write the image and return its number of layers; raises SystemExit where nothing was built."""
    parts = sorted(part for part in built.glob("*") if part.is_dir()) if built.is_dir() else []
    if not parts:
        raise SystemExit(f"{built} holds nothing that was built: run `make build`")
    shutil.rmtree(target, ignore_errors=True)
    write_layout(target, [LayerFiles(_files(part), created_by=part.name) for part in parts])
    return len(parts)


def _files(part: Path) -> dict[str, bytes]:
    """Return a part's files where Lambda has them: layers under /opt, a function's own code under /var/task."""
    root = _LAYER_ROOT if part.name.endswith("Layer") else _FUNCTION_ROOT
    paths = sorted(path for path in part.rglob("*") if path.is_file())
    return {f"{root}/{path.relative_to(part).as_posix()}": path.read_bytes() for path in paths}


if __name__ == "__main__":
    write_own_image(Path(sys.argv[1]), Path(sys.argv[2]))
