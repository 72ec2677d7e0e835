"""CPU of reading every layer of an image, against the floor: inflating and hashing the same bytes and nothing else.

    python benchmarks/read_layer.py LAYOUT[:TAG] [--rules] [--runs N]

Runs are interleaved; the table gives minimum, median and maximum of both and the ratio of the medians.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import resource
import statistics
import time
from collections.abc import Callable

from isal import isal_zlib
from zstandard import ZstdDecompressor

from pratique.adapters.sources import open_source
from pratique.archive.limits import Limits
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.inventory.layer import read_layer
from pratique.malware.rules import load_rules
from pratique.malware.scanner import RuleScanner
from pratique.model.image import Image
from pratique.ports.file_scanner import FileScanner
from pratique.ports.images import ByteReader, ImageSource

_INPUT, _OUTPUT = 256 * 1024, 1024 * 1024


def _floor(source: ImageSource, image: Image) -> int:
    """Inflate and hash every layer; return the expanded bytes."""
    expanded = 0
    for layer in image.layers:
        hashed = hashlib.sha256()
        with source.open_layer(layer) as reader:
            if "zstd" in layer.media_type:
                expanded += _floor_zstd(reader, hashed.update)
            else:
                expanded += _floor_gzip(reader, hashed.update)
    return expanded


def _floor_gzip(reader: ByteReader, update: Callable[[bytes], None]) -> int:
    expanded = 0
    inflate = isal_zlib.decompressobj(wbits=31)
    while data := reader.read(_INPUT):
        while data:
            chunk = inflate.decompress(data, _OUTPUT)
            update(chunk)
            expanded += len(chunk)
            data = inflate.unconsumed_tail
    return expanded


def _floor_zstd(reader: ByteReader, update: Callable[[bytes], None]) -> int:
    expanded = 0
    with ZstdDecompressor().stream_reader(reader, read_across_frames=True) as stream:  # type: ignore[arg-type] # read()
        while chunk := stream.read(_OUTPUT):
            update(chunk)
            expanded += len(chunk)
    return expanded


def _read(source: ImageSource, image: Image, scanner: FileScanner | None) -> int:
    selector = Selector(EXTRACTORS)
    entries = 0
    for layer in image.layers:
        with source.open_layer(layer) as reader:
            report = read_layer(
                reader,
                digest=layer.digest,
                diff_id=layer.diff_id,
                media_type=layer.media_type,
                selector=selector,
                scanner=scanner,
                limits=Limits(),
                analyzer_version="benchmark",
            )
        entries += len(report.paths) + len(report.folders)
    return entries


def _timed(call: Callable[[], int]) -> tuple[float, int]:
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--rules", action="store_true", help="scan for malicious samples too")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    source, reference = open_source(options.target)
    image = source.images(reference)[0]
    scanner = RuleScanner(load_rules()) if options.rules else None
    floors, reads = [], []
    expanded = entries = 0
    for _ in range(options.runs):
        seconds, expanded = _timed(lambda: _floor(source, image))
        floors.append(seconds)
        seconds, entries = _timed(lambda: _read(source, image, scanner))
        reads.append(seconds)
    print(f"{options.target}: {len(image.layers)} layers, {expanded / 1e6:.0f} MB expanded, {entries} entries")
    print(f"{platform.platform()}, Python {platform.python_version()}, CPU seconds of {options.runs} runs")
    print(f"{'':8}{'minimum':>10}{'median':>10}{'maximum':>10}")
    for name, times in (("floor", floors), ("read", reads)):
        print(f"{name:8}{min(times):10.3f}{statistics.median(times):10.3f}{max(times):10.3f}")
    print(f"ratio   {statistics.median(reads) / statistics.median(floors):10.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
