"""The count of an invocation's cost in tests of handlers."""

from __future__ import annotations

from pratique.adapters.dynamodb_stores import DynamoStores
from pratique.model.usage import Usage
from pratique.services.running_cost import RunningCost
from tests.fakes.clock import FakeClock


def running_cost(stores: DynamoStores, usage: Usage | None = None) -> RunningCost:
    """Return the count of an invocation of one gigabyte that uses this much (None: eight write units)."""
    return RunningCost(lambda: usage or Usage(write_units=8), stores.spending, FakeClock(), gigabytes=1)
