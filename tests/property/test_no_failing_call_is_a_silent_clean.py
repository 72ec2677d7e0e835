"""For every call of registry, stores and database that can fail, once or always: what was lost is told.

The image is one that a fault-free scan ends ``complete`` on, with one finding.  After a failure the same status without
that finding would be a silent clean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
from aws_durable_execution_sdk_python.exceptions import StepError

from pratique.advisories.database import SqliteDatabase
from pratique.errors import AdvisoryDatabaseError, PratiqueError, RegistryError, StoreError
from pratique.model.coverage import ScanStatus
from pratique.model.image import ImageId
from tests.fakes.world import OWN, MemorySource, World
from tests.finding_builder import digest_of
from tests.property.flawed_image import FILES, FLAW, flawed_database

IMAGE = ImageId(OWN, "team/shop", digest_of("image"))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabase:
    return flawed_database(tmp_path_factory.mktemp("database"))


@pytest.fixture
def world(database: SqliteDatabase) -> Iterator[World]:
    world = World(lambda: database)
    with world.wired():
        yield world


REGISTRY = RegistryError("the registry cannot serve it", retryable=True)
STORE = StoreError("the store is down", retryable=True)
ADVISORIES = AdvisoryDatabaseError("the database cannot be read", path="advisories.sqlite")
CALLS: dict[str, tuple[Callable[[World, SqliteDatabase], object], str, Exception]] = {
    "registry.open": (lambda world, _: world.registry, "open", REGISTRY),
    "registry.images": (lambda _, __: MemorySource, "images", REGISTRY),
    "registry.open_layer": (lambda _, __: MemorySource, "open_layer", REGISTRY),
    **{f"bucket.{name}": ((lambda world, _: world.objects), name, STORE) for name in ("get", "put", "put_if_absent")},
    **{f"leases.{name}": ((lambda world, _: world.stores.layers), name, STORE) for name in ("claim", "finish")},
    **{
        f"findings.{name}": ((lambda world, _: world.stores.findings), name, STORE)
        for name in ("begin", "write", "known_chains")
    },
    "allow_list.entries": (lambda world, _: world.stores.allow_list, "entries", STORE),
    "suppressions.all": (lambda world, _: world.stores.suppressions, "all", STORE),
    **{
        f"advisories.{name}": ((lambda _, __: SqliteDatabase), name, ADVISORIES)
        for name in ("ecosystems", "statements", "malicious", "advisories", "mentions", "exploitation", "support_ends")
    },
}


@pytest.mark.parametrize("times", [1, 2, 99])
@pytest.mark.parametrize("call", CALLS)
def test_call_that_fails(call: str, times: int, world: World, database: SqliteDatabase) -> None:
    subject, name, error = CALLS[call]
    holder: Any = subject(world, database)
    real, left = getattr(holder, name), times

    def failing(*given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            raise error
        return real(*given, **named)

    world.push(IMAGE, [FILES, {"app/more.txt": b"text"}], "1.0")
    with mock.patch.object(holder if isinstance(holder, type) else type(holder), name, wrapped(failing, holder)):
        try:
            world.work()
        except (PratiqueError, StepError):  # the execution fails, and its alarm tells so
            assert not is_clean(world)
            return
    assert left < times, "the call was never made"
    assert not is_clean(world)


def wrapped(failing: Callable[..., Any], holder: object) -> Callable[..., Any]:
    """Return the method to put in place: a bound one already has its object."""
    if isinstance(holder, type):
        return failing
    return lambda _self, *given, **named: failing(*given, **named)


def is_clean(world: World) -> bool:
    """Whether the image reads as complete while its one flaw is not among its findings."""
    stored = world.stores.findings.image(IMAGE)
    if stored is None or stored.status is not ScanStatus.COMPLETE:
        return False
    return FLAW not in {one.id for one in world.stores.findings.findings(IMAGE)[0]}
