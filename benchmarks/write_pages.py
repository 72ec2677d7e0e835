"""Write docs/performance.md with its plots, and the numbers of other pages, from the last run of each benchmark.

python -m benchmarks.write_pages
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.growth import exponent
from benchmarks.log_plot import log_plot
from benchmarks.measurement import RESULTS
from benchmarks.result_text import measured, targets
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

`make bench IMAGES=… PEERS=…` measures everything below, and `python -m benchmarks.write_pages` writes this page
from the results in `.pratique/bench`. Runs of what is compared take turns; ratios are of medians; CPU is user and
system time of whole processes with their children; peak memory is that of the largest single process; the page cache
is warm. Nothing here is asserted: tests count what must not grow instead.
"""


_WITH_NUMBERS = frozenset({"malware", "cost"})
_NUMBERS = re.compile(r"(?<=<!-- numbers -->\n).*(?=<!-- end of numbers -->)", re.DOTALL)


def main() -> None:
    """Write the pages and plots."""
    found = {name: json.loads(_place(name).read_text()) for name in BENCHMARKS if _place(name).is_file()}
    results = [found[name] for name in _TITLES if name in found]
    parts = [_HEAD]
    parts += ["\n## Targets\n\n", *targets(results)]
    for result in results:
        parts += [f"\n## {_TITLES[result['name']]}\n\n", *measured(result), *_plots(result)]
    (_DOCS / "performance.md").write_text("".join(parts))
    for name in _WITH_NUMBERS & found.keys():
        page = _DOCS / f"{name}.md"
        page.write_text(with_numbers(page.read_text(), found[name]))


def with_numbers(page: str, result: Mapping[str, Any]) -> str:
    """Return ``page`` with what a benchmark has told between its marks; raises ValueError where it has none."""
    told = "".join(("\n", *measured(result), "\n", *targets([result]), "\n"))
    written, places = _NUMBERS.subn(lambda _: told, page)
    if not places:
        raise ValueError("the page has no marks for numbers")
    return written


def _place(name: str) -> Path:
    return RESULTS / f"{name}.json"


def _plots(result: Mapping[str, Any]) -> Iterator[str]:
    for number, curve in enumerate(result["curves"]):
        points = [(float(x), float(y)) for x, y in curve["points"]]
        name = f"growth-{number + 1}.svg"
        (_DOCS / "plots").mkdir(exist_ok=True)
        plot = log_plot(curve["title"], curve["x"], curve["y"], points, exponent(points))
        (_DOCS / "plots" / name).write_text(plot)
        yield f"\n![{curve['title']} against {curve['x']}](plots/{name})\n"


if __name__ == "__main__":
    main()
