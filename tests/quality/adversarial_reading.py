"""Reads every adversarial file of a folder, as a layer and inside layers, as ``analyze_layer`` would, in one process.

    python -m tests.quality.adversarial_reading FOLDER

Prints how many layers were read, and the most memory that the process or the one that matches rules took, in KiB.
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

from pratique.errors import ArchiveError
from pratique.inventory.extractors import EXTRACTORS
from pratique.malware.packs import starter_pack
from pratique.malware.rules import compile_packs
from pratique.malware.scanner import RuleScanner
from tests.image_builder import layer_tar
from tests.layer_reading import read_blob
from tests.property.format_samples import sample_path


def main(folder: Path) -> int:
    """Read all of it; returns the number of layers."""
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()]
    scanner = RuleScanner(compile_packs([starter_pack()]))
    paths = {sample_path(one) for one in EXTRACTORS if not one.paths.executables} | {"opt/file"}
    for row in rows:
        body = (folder / row["file"]).read_bytes()
        read_blob(layer_tar(dict.fromkeys(paths, body)), scanner=scanner)
        with suppress(ArchiveError):  # also raised at the end of a compressed one, whose diff ID nobody computed
            read_blob(body, scanner=scanner)
    scanner.close()
    return 2 * len(rows)


if __name__ == "__main__":
    layers = main(Path(sys.argv[1]))
    # What rusage says of this process begins with what the one that started it held.
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
    peaks = (peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    sys.stdout.write(f"{layers} {max(peaks)}\n")
