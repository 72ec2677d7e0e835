"""An inventory's processor time against the floor: inflating and hashing the same layers and nothing else.

    python -m benchmarks.floor --images FOLDER [--runs N]

The floor is measured inside this process, ``read`` (the pass over every layer) too, and ``pratique inventory`` as a
whole process, start-up included.  The last table sets zstd layers beside the same layers as gzip.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from isal import isal_zlib
from zstandard import ZstdDecompressor

from benchmarks.inventory import IMAGES
from benchmarks.measurement import Record, Spread, command_of, cpu_seconds, interleaved, layouts, options, run_process
from benchmarks.package_lists import OWN
from pratique.adapters.sources import open_source
from pratique.archive.limits import Limits
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.model.image import Image
from pratique.ports.images import ByteReader, ImageSource
from pratique.services.read_layers import LayerReader

_INPUT, _OUTPUT = 256 * 1024, 1024 * 1024
_PROMISED = ("python-app", "big")
_RATIO = 1.4
_GZIP, _ZSTD = "python-app", "python-app-zstd"


def floor(source: ImageSource, image: Image) -> None:
    """Inflate and hash every layer."""
    for layer in image.layers:
        hashed = hashlib.sha256()
        with source.open_layer(layer) as reader:
            if "zstd" in layer.media_type:
                _zstd(reader, hashed.update)
            else:
                _gzip(reader, hashed.update)


def _gzip(reader: ByteReader, update: Callable[[bytes], None]) -> None:
    inflate = isal_zlib.decompressobj(wbits=31)
    while data := reader.read(_INPUT):
        while data:
            update(inflate.decompress(data, _OUTPUT))
            data = inflate.unconsumed_tail


def _zstd(reader: ByteReader, update: Callable[[bytes], None]) -> None:
    with ZstdDecompressor().stream_reader(reader, read_across_frames=True) as stream:  # type: ignore[arg-type] # read()
        while chunk := stream.read(_OUTPUT):
            update(chunk)


def read(source: ImageSource, image: Image) -> int:
    """Read every layer as an inventory does; return the entries."""
    reader = LayerReader(source, Selector(EXTRACTORS), None, Limits(), "benchmark")
    reports = [reader.read(layer) for layer in image.layers]
    return sum(report.entries + len(report.folders) for report in reports)


def whole(layout: Path) -> float:
    """Return the processor seconds of ``pratique inventory`` on a layout."""
    with tempfile.TemporaryDirectory() as folder:
        return run_process(OWN.command(layout, Path(folder) / "packages.json", Path(folder))).cpu


def _measure(layout: Path, runs: int) -> dict[str, Spread]:
    source, reference = open_source(str(layout))
    image = source.images(reference)[0]
    read(source, image)  # the page cache is warm
    measures: dict[str, Callable[[], float]] = {
        "floor": partial(cpu_seconds, lambda: floor(source, image)),
        "read": partial(cpu_seconds, lambda: read(source, image)),
        "inventory": partial(whole, layout),
    }
    return {name: Spread.of(seconds) for name, seconds in interleaved(measures, runs).items()}


def _row(name: str, found: Mapping[str, Spread]) -> Sequence[str]:
    base = found["floor"].median
    cells = [f"{each.median:.2f} ({each.minimum:.2f}…{each.maximum:.2f})" for each in found.values()]
    return name, *cells, f"{found['read'].median / base:.2f}", f"{found['inventory'].median / base:.2f}"


def main() -> None:
    """Measure, print and record."""
    chosen = options(__doc__).parse_args()
    record = Record("floor", command_of("benchmarks.floor"))
    measured = {one.name: _measure(one, chosen.runs) for one in layouts(record, chosen.images, (*IMAGES, _ZSTD))}
    columns = ("image", "floor s", "read s", "inventory s", "read / floor", "inventory / floor")
    record.table("Processor seconds: median (min…max)", columns, [_row(*item) for item in measured.items()])
    for name in _PROMISED:
        if name in measured:
            ratio = measured[name]["inventory"].median / measured[name]["floor"].median
            record.target(f"{name}: CPU of an inventory to the floor", ratio, _RATIO)
    if _GZIP in measured and _ZSTD in measured:
        ratio = measured[_ZSTD]["inventory"].median / measured[_GZIP]["inventory"].median
        record.target("zstd layers: CPU to that of gzip layers", ratio, 1.0)
    record.finish()


if __name__ == "__main__":
    main()
