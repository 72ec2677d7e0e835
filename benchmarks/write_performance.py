"""Write docs/performance.md, and its plots, from the results of the last run of each benchmark.

python -m benchmarks.write_performance
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.growth import exponent
from benchmarks.log_plot import log_plot
from benchmarks.measurement import RESULTS
from benchmarks.run import BENCHMARKS

_DOCS = Path(__file__).resolve().parent.parent / "docs"
_TITLES: Mapping[str, str] = {
    "inventory": "Listing packages, beside trivy and syft",
    "floor": "Against the floor",
    "layer_memory": "Memory of one layer",
    "second_scan": "A known image again",
    "rematch": "New advisories",
    "cold_start": "Cold starts",
    "dependencies": "Dependencies",
    "growth": "Growth",
}
_HEAD = """# Performance

`make bench IMAGES=… PEERS=…` measures everything below, and `python -m benchmarks.write_performance` writes this page
from the results in `.pratique/bench`. Runs of what is compared take turns; ratios are of medians; CPU is user and
system time of whole processes with their children; peak memory is that of the largest single process; the page cache
is warm. Nothing here is asserted: tests count what must not grow instead.
"""


def main() -> None:
    """Write the page and its plots."""
    results = [_read(name) for name in BENCHMARKS if name in _TITLES and (RESULTS / f"{name}.json").is_file()]
    parts = [_HEAD]
    parts += ["\n## Targets\n\n", *_targets(results)]
    for result in results:
        parts += _section(result)
    (_DOCS / "performance.md").write_text("".join(parts))


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text())
    return found


def _targets(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    rows = [(result["name"], each) for result in results for each in result["targets"]]
    yield from _table(
        ("benchmark", "what", "measured", "target", ""),
        [
            (
                name,
                each["what"],
                f"{each['value']:.3g}{each['unit']}",
                f"{'≥' if each['least'] else '≤'} {each['limit']:g}{each['unit']}",
                "met" if _met(each) else "**missed**",
            )
            for name, each in rows
        ],
    )


def _met(target: Mapping[str, Any]) -> bool:
    return bool(target["value"] >= target["limit"] if target["least"] else target["value"] <= target["limit"])


def _section(result: Mapping[str, Any]) -> Iterator[str]:
    machine = result["machine"]
    yield f"\n## {_TITLES[result['name']]}\n\n`{result['command']}`, {result['made'][:10]}: {machine['processor']}, "
    yield f"{machine['cores']} cores, {machine['memory']}, {machine['system']}, Python {machine['python']}, "
    yield f"{machine['versions']}; load at the end {machine['load']}.\n"
    for reason in result["skipped"]:
        yield f"\nNot measured: {reason}.\n"
    for note in result["notes"]:
        yield f"\n{note}\n"
    for table in result["tables"]:
        yield f"\n{table['title']}:\n\n"
        yield from _table(table["columns"], table["rows"])
    for number, curve in enumerate(result["curves"]):
        points = [(float(x), float(y)) for x, y in curve["points"]]
        name = f"growth-{number + 1}.svg"
        (_DOCS / "plots").mkdir(exist_ok=True)
        plot = log_plot(curve["title"], curve["x"], curve["y"], points, exponent(points))
        (_DOCS / "plots" / name).write_text(plot)
        yield f"\n![{curve['title']} against {curve['x']}](plots/{name})\n"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"
    for row in rows:
        yield f"| {' | '.join(row)} |\n"


if __name__ == "__main__":
    main()
