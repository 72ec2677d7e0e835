"""What writing costs in the two tables, by the service's published rules: first scans, rescans, batches.

    python -m benchmarks.store_writes

DynamoDB Local does not report what transactions and indexes cost as the service does, so the units are reckoned
by the rules that `tests.fakes.dynamodb_capacity` states, on the requests that the stores really send.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.estate import name_of_number
from pratique.model.image import ImageId
from pratique.model.severity import Priority
from tests.fakes.estate import FakeEstate, fake_estate
from tests.finding_builder import image_id, report

FINDINGS = {name_of_number(number): tuple(Priority)[number % 3] for number in range(300)}
_BATCH = 13


def _scan(estate: FakeEstate, image: ImageId, found: Mapping[str, Priority], layers: int = 12) -> int:
    before = estate.engine.units["F"]
    estate.clock.pass_hours(1)
    estate.scan(image, report(found), layers=layers)
    return estate.engine.units["F"] - before


def _count(estate: FakeEstate) -> int:
    before = estate.engine.units["I"]
    estate.settle()
    return estate.engine.units["I"] - before


def _one_image() -> None:
    estate, image = fake_estate(), image_id()
    rows = [("first scan, 300 findings", FINDINGS), ("rescan, nothing changed", FINDINGS)]
    first = next(iter(FINDINGS))
    rows += [
        ("one finding appears", FINDINGS | {"CVE-2025-1": Priority.HIGH}),
        ("one finding is fixed", FINDINGS),
        ("one finding changes its priority", FINDINGS | {first: Priority.LOW}),
    ]
    for name, found in rows:
        before = estate.engine.units["I"]
        findings = _scan(estate, image, found)
        library = estate.engine.units["I"] - before
        print(f"| {name} | {findings} | {library} | {_count(estate)} |")


def _batches() -> None:
    for name, repository in (("of one repository", "team/shop"), ("of as many repositories", "team-{0}/shop")):
        estate = fake_estate()
        for number in range(_BATCH):
            _scan(estate, image_id(str(number), repository.format(number)), FINDINGS)
        library = estate.engine.units["I"]
        counts = _count(estate)
        share = (library + counts) / _BATCH
        print(f"| {_BATCH} images {name}, shared findings, counted together | | {library} | {counts} |")
        print(f"| … index units an image | | | {share:.0f} |")


def main() -> None:
    """Print the table."""
    print("| what | `Findings` | `Index`: facts and names | `Index`: counts |")
    print("|---|---|---|---|")
    _one_image()
    _batches()


if __name__ == "__main__":
    main()
