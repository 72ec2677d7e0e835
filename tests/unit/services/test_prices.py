from __future__ import annotations

from pathlib import Path

import pytest

from pratique.model.image import ImageId
from pratique.model.usage import Usage
from pratique.ports.scans import BILLIONTH
from pratique.services.prices import invocation_cost, operations
from tests.advisory_files import database_of, fixed_in, record
from tests.fakes.world import OWN, World
from tests.finding_builder import digest_of

LAYERS = [{"a": b"1"}, {"b": b"2"}, {"c": b"3"}]


def _operations(world: World) -> int:
    (journal,) = world.journals.values()
    world.journals.clear()
    return len(journal.kept) + journal.contexts


@pytest.mark.parametrize("known", [0, 2, 3])
def test_operations_are_planned_as_they_are_checkpointed(tmp_path: Path, known: int) -> None:
    database = database_of(tmp_path, record("CVE-2030-1", "PyPI", "a", fixed_in("1")))
    world = World(lambda: database)
    with world.wired():
        world.push(ImageId(OWN, "team/base", digest_of("base")), LAYERS[:known], "1")
        world.work()
        world.journals.clear()
        world.push(ImageId(OWN, "team/app", digest_of("app")), LAYERS, "1")
        world.work()
    assert _operations(world) == operations(len(LAYERS) - known)


def test_invocation_costs_the_sum_of_what_it_uses() -> None:
    assert invocation_cost(Usage(), seconds=0, gigabytes=2) == 200
    parts = [Usage(read_units=1000), Usage(write_units=1000), Usage(object_reads=1000), Usage(object_writes=1000)]
    costs = [invocation_cost(part, seconds=0, gigabytes=2) - 200 for part in parts]
    assert costs == [125_000, 625_000, 400_000, 5_000_000]
    whole = sum(parts, Usage())
    assert invocation_cost(whole, seconds=3, gigabytes=2) == 200 + sum(costs) + round(6 * 0.0000133334 * BILLIONTH)
