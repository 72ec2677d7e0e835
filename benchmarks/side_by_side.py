"""What pratique lists from images beside what syft and trivy list, and what each took: nothing is asserted.

    python -m benchmarks.side_by_side IMAGE... [--peers FOLDER] [--runs N] [--pairs]

IMAGE is an OCI layout folder with one image; FOLDER holds the executables ``syft`` and ``trivy`` (left out: pratique
alone) and ``javadb``, the Java database that trivy wants.  Counts are distinct pairs of name and version; ``missed``
are pairs of a peer that pratique lacks, ``extra`` those that no peer has.  A Maven artifact that another tool puts into
another group counts as found, a Python version that only spells it otherwise too.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version

from benchmarks.package_lists import Listing, Pair, Tool, listing, tools


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--pairs", action="store_true", help="list the pairs that differ")
    options = parser.parse_args()
    compared = tools(options.peers)
    for image in options.images:
        _compare(image.resolve(), compared, runs=options.runs, pairs=options.pairs)


def _compare(image: Path, compared: Sequence[Tool], *, runs: int, pairs: bool) -> None:
    # Interleaved, so that a busy minute of the machine does not fall on one tool
    turns = [[listing(tool, image) for tool in compared] for _ in range(runs)]
    first = dict(zip((tool.name for tool in compared), turns[0], strict=True))
    print(f"\n## {image.name}\n")
    print(f"{'':10}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}   median of {runs}")
    for place, name in enumerate(first):
        of_tool = [turn[place] for turn in turns]
        wall = statistics.median(one.usage.wall for one in of_tool)
        cpu = statistics.median(one.usage.cpu for one in of_tool)
        print(f"{name:10}{wall:8.1f}{cpu:8.1f}{max(one.usage.peak for one in of_tool):9.0f}")
    own, peers = first.pop("pratique"), first
    _counts(own, peers)
    if pairs:
        _differences(own, peers)


def _counts(own: Listing, peers: Mapping[str, Listing]) -> None:
    print(f"\n{'type':10}{'pratique':>10}" + "".join(f"{name:>10}{'missed':>8}" for name in peers) + f"{'extra':>8}")
    kinds = sorted({pair[0] for one in (own, *peers.values()) for pair in one.pairs})
    extra = extras(own, peers)
    for kind in kinds:
        row = f"{kind:10}{_of_kind(own.pairs, kind):10}"
        for peer in peers.values():
            row += f"{_of_kind(peer.pairs, kind):10}{_of_kind(missed(own, peer), kind):8}"
        print(row + f"{_of_kind(extra, kind):8}")


def _of_kind(pairs: Iterable[Pair], kind: str) -> int:
    return sum(pair[0] == kind for pair in pairs)


def missed(own: Listing, peer: Listing) -> list[Pair]:
    """Return the pairs of ``peer`` that ``own`` has under no spelling."""
    known = {spelling for pair in own.pairs for spelling in _spellings(pair)}
    return sorted(pair for pair in peer.pairs if not known.intersection(_spellings(pair)))


def extras(own: Listing, peers: Mapping[str, Listing]) -> list[Pair]:
    """Return the pairs of ``own`` that no peer has under any spelling."""
    known = {spelling for peer in peers.values() for pair in peer.pairs for spelling in _spellings(pair)}
    return sorted(pair for pair in own.pairs if not known.intersection(_spellings(pair)))


def _spellings(pair: Pair) -> tuple[Pair, ...]:
    kind, name, version = pair
    if kind == "maven":
        return pair, (kind, name.rpartition(":")[2], version)
    if kind == "pypi":
        try:
            return pair, (kind, name, str(Version(version)))
        except InvalidVersion:
            return (pair,)
    return (pair,)


def _differences(own: Listing, peers: Mapping[str, Listing]) -> None:
    for name, peer in peers.items():
        for pair in missed(own, peer):
            print(f"  missed, {name} has it: {' '.join(pair)}   {_places(peer, pair)}")
    if peers:
        for pair in extras(own, peers):
            print(f"  extra, no peer has it: {' '.join(pair)}   {_places(own, pair)}")


def _places(of_tool: Listing, pair: Pair) -> str:
    places = of_tool.pairs[pair]
    return places[0] + (f" (and {len(places) - 1} more)" if len(places) > 1 else "")


if __name__ == "__main__":
    main()
