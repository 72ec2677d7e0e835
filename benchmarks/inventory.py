"""What listing an image's packages takes beside trivy and syft: whole processes, start-up included, caches empty.

    python -m benchmarks.inventory --images FOLDER [--peers FOLDER] [--runs N] [--syft-runs N]

FOLDER of images holds OCI layouts by name, FOLDER of peers the executables and trivy's Java database
(`benchmarks.package_lists`).  Ratios are of medians, ours to the peer's.  What each lists is `benchmarks.side_by_side`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.measurement import Record, Spread, Usage, command_of, interleaved, layouts, options
from benchmarks.package_lists import Tool, listing, tools

IMAGES = ("debian-base", "python-app", "node-app", "java-app", "big")
_MOSTLY_START_UP = "debian-base"
_OWN, _TRIVY, _SYFT = "pratique", "trivy", "syft"
_WALL, _CPU, _SMALL, _OF_SYFT = 0.4, 0.45, 0.5, 0.1


def main() -> None:
    """Measure, print and record."""
    parser = options(__doc__)
    parser.add_argument("--syft-runs", type=int, default=1, help="syft takes a minute on a large image")
    chosen = parser.parse_args()
    record = Record("inventory", command_of("benchmarks.inventory"))
    compared = {tool.name: tool for tool in tools(chosen.peers)}
    for peer in (_TRIVY, _SYFT):
        if peer not in compared:
            record.skip(f"the folder of peers (PEERS) has no {peer}")
    found: dict[str, dict[str, list[Usage]]] = {}
    for image in layouts(record, chosen.images, IMAGES):
        print(f"measuring {image.name}", flush=True)
        found[image.name] = _measure(image, compared, runs=chosen.runs, syft_runs=chosen.syft_runs)
    if found:
        _tell(record, found)
    record.finish()


def _measure(image: Path, compared: Mapping[str, Tool], *, runs: int, syft_runs: int) -> dict[str, list[Usage]]:
    often = [tool for name, tool in compared.items() if name != _SYFT]
    listing(compared[_OWN], image)  # the page cache is warm for all of them
    usages = interleaved({tool.name: partial(_usage, tool, image) for tool in often}, runs)
    if _SYFT in compared:
        usages[_SYFT] = [_usage(compared[_SYFT], image) for _ in range(syft_runs)]
    return usages


def _usage(tool: Tool, image: Path) -> Usage:
    return listing(tool, image).usage


def _tell(record: Record, found: Mapping[str, Mapping[str, Sequence[Usage]]]) -> None:
    rows = [_row(image, name, usages) for image, of_image in found.items() for name, usages in of_image.items()]
    columns = ("image", "tool", "runs", "wall s", "min…max", "CPU s", "min…max", "peak MB")
    record.table("Listing the packages of an image", columns, rows)
    ratios = []
    for image, of_image in found.items():
        small = image == _MOSTLY_START_UP
        for peer, wall, cpu in (
            (_TRIVY, _SMALL if small else _WALL, _SMALL if small else _CPU),
            (_SYFT, _OF_SYFT, _OF_SYFT),
        ):
            if peer in of_image:
                ratios.append(_ratios(record, image, peer, of_image, wall=wall, cpu=cpu))
    if ratios:
        record.table("Ratio of the medians", ("image", "to", "wall", "CPU", "peak memory"), ratios)


def _row(image: str, name: str, usages: Sequence[Usage]) -> tuple[str, ...]:
    wall, cpu = Spread.of([one.wall for one in usages]), Spread.of([one.cpu for one in usages])
    peak = max(one.peak for one in usages)
    cells = [f"{each.median:.2f}" for each in (wall, cpu)]
    ranges = [f"{each.minimum:.2f}…{each.maximum:.2f}" for each in (wall, cpu)]
    return image, name, str(wall.runs), cells[0], ranges[0], cells[1], ranges[1], f"{peak:.0f}"


def _ratios(
    record: Record, image: str, peer: str, of_image: Mapping[str, Sequence[Usage]], *, wall: float, cpu: float
) -> tuple[str, ...]:
    own, other = of_image[_OWN], of_image[peer]
    of_wall = _median(one.wall for one in own) / _median(one.wall for one in other)
    of_cpu = _median(one.cpu for one in own) / _median(one.cpu for one in other)
    of_peak = max(one.peak for one in own) / max(one.peak for one in other)
    record.target(f"{image}: wall to {peer}'s", of_wall, wall)
    record.target(f"{image}: CPU to {peer}'s", of_cpu, cpu)
    if peer == _TRIVY:
        record.target(f"{image}: peak memory to {peer}'s", of_peak, 1.0)
    return image, peer, f"{of_wall:.2f}", f"{of_cpu:.2f}", f"{of_peak:.2f}"


def _median(values: Iterable[float]) -> float:
    return Spread.of(list(values)).median


if __name__ == "__main__":
    main()
