"""An inventory's processor time against the floor: inflating and hashing the same layers and nothing else.

    python -m benchmarks.floor --images FOLDER [--runs N]

The floor is measured inside this process, and so are the steps from there to a layer's report, each with all before
it: the headers of its tar, the tree of its entries, and reading what packages are told by.  ``pratique inventory`` is a
whole process, start-up, folding and report included; it reads layers in several processes.  The second table says what
each step adds.  zstd layers stand beside the same layers as gzip.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from isal import isal_zlib
from zstandard import ZstdDecompressor

from benchmarks.inventory import IMAGES
from benchmarks.measurement import Record, Spread, command_of, cpu_seconds, interleaved, layouts, options, run_process
from benchmarks.package_lists import OWN
from pratique.adapters.sources import open_source
from pratique.archive.inflate import Inflater
from pratique.archive.limits import Limits
from pratique.archive.tar import TarWalker
from pratique.inventory.extractor import Extractor, Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.model.image import Image
from pratique.ports.images import ByteReader, ImageSource
from pratique.services.read_layers import LayerReader

_INPUT, _OUTPUT = 256 * 1024, 1024 * 1024
_PROMISED = ("python-app", "big")
_RATIO = 1.4
_COMPARED = ("floor", "read", "inventory")
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


def headers(source: ImageSource, image: Image) -> int:
    """Inflate and hash every layer and go through the headers of its tar; return the entries."""
    entries = 0
    for layer in image.layers:
        with source.open_layer(layer) as reader:
            chunks = _hashed(reader)
            walker = TarWalker(chunks, Limits())
            entries += sum(1 for _ in walker)
            for _ in chunks:
                pass
    return entries


def _hashed(reader: ByteReader) -> Iterator[bytes]:
    hashed = hashlib.sha256()
    for chunk in Inflater(reader, Limits()):
        hashed.update(chunk)
        yield chunk


def read(source: ImageSource, image: Image, extractors: Sequence[Extractor] = EXTRACTORS) -> int:
    """Read every layer as an inventory does; return the entries."""
    reader = LayerReader(source, Selector(extractors), None, Limits(), "benchmark")
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
        "headers": partial(cpu_seconds, lambda: headers(source, image)),
        "tree": partial(cpu_seconds, lambda: read(source, image, ())),
        "read": partial(cpu_seconds, lambda: read(source, image)),
        "inventory": partial(whole, layout),
    }
    return {name: Spread.of(seconds) for name, seconds in interleaved(measures, runs).items()}


def _row(name: str, found: Mapping[str, Spread]) -> Sequence[str]:
    base = found["floor"].median
    cells = [f"{found[step].median:.2f} ({found[step].minimum:.2f}…{found[step].maximum:.2f})" for step in _COMPARED]
    return name, *cells, f"{found['read'].median / base:.2f}", f"{found['inventory'].median / base:.2f}"


def _steps(name: str, found: Mapping[str, Spread]) -> Sequence[str]:
    """Return what each step adds to those before it, in seconds and as a share of the whole."""
    reached = [spread.median for spread in found.values()]
    added = (later - sooner for sooner, later in pairwise((0.0, *reached)))
    return name, *(f"{seconds:.2f} ({seconds / reached[-1]:.0%})" for seconds in added)


def main() -> None:
    """Measure, print and record."""
    chosen = options(__doc__).parse_args()
    record = Record("floor", command_of("benchmarks.floor"))
    measured = {one.name: _measure(one, chosen.runs) for one in layouts(record, chosen.images, (*IMAGES, _ZSTD))}
    columns = ("image", "floor s", "read s", "inventory s", "read / floor", "inventory / floor")
    record.table("Processor seconds: median (min…max)", columns, [_row(*item) for item in measured.items()])
    columns = ("image", "inflate, SHA-256", "tar headers", "tree of entries", "files read", "start, fold, report")
    record.table("What each step adds, seconds (share)", columns, [_steps(*item) for item in measured.items()])
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
