"""The stores under contract, on every engine."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from moto import mock_aws

from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from tests.contract.backends import create_tables, dynamodb_client, dynamodb_local, endpoint
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.objects import MemoryObjects

_NUMBERS = itertools.count(1)
ENGINES = (
    "memory",
    "moto",
    pytest.param("endpoint", marks=pytest.mark.integration),
    pytest.param("dynamodb_local", marks=pytest.mark.integration),
)


@pytest.fixture(scope="session")
def endpoint_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with endpoint(tmp_path_factory.mktemp("endpoint")) as url:
        yield url


@pytest.fixture(scope="session")
def dynamodb_local_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dynamodb_local(tmp_path_factory.mktemp("dynamodb-local")) as url:
        yield url


@pytest.fixture(params=ENGINES)
def stores(request: pytest.FixtureRequest) -> Iterator[DynamoStores]:
    """Empty stores."""
    match request.param:
        case "memory":
            client = FakeDynamo().client
            yield dynamo_stores(client, findings_table="F", index_table="I", objects=MemoryObjects(), names_seconds=0)
            return
        case "moto":
            with mock_aws():
                yield _stores(None)
            return
        case engine:
            yield _stores(request.getfixturevalue(f"{engine}_url"))


def _stores(url: str | None) -> DynamoStores:
    client = dynamodb_client(url)
    findings, index = create_tables(client, str(next(_NUMBERS)))
    return dynamo_stores(client, findings_table=findings, index_table=index, objects=MemoryObjects(), names_seconds=0)
