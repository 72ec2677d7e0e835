"""ECR's tokens, against botocore's own stubbed client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from pratique.adapters.ecr import EcrInstance, EcrSources
from pratique.errors import InvalidValue, RegistryError
from tests.image_builder import build_layout
from tests.scripted_server import Asked, ScriptedServer, Told, layout_answers, scripted

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient

INSTANCE = "123456789012.eu-central-1"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Ecr:
    """A stubbed ECR client, and a registry that takes the tokens in ``good``."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.good = {"first"}
        self.now = NOW
        self.regions: list[str] = []
        digest = build_layout(folder, [{"a": b"b"}])
        honest = layout_answers(folder, digest)

        def answer(asked: Asked) -> Told:
            token = asked.headers.get("Authorization", "").removeprefix("Basic ")
            return honest(asked) if token in self.good else Told(401, headers={"WWW-Authenticate": "Basic realm=x"})

        self.server: ScriptedServer = stack.enter_context(scripted(answer))
        self._client: ECRClient = boto3.client(
            "ecr", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self.stub = stack.enter_context(Stubber(self._client))
        self.sources = EcrSources(self._for_region, now=lambda: self.now)

    def _for_region(self, region: str) -> ECRClient:
        self.regions.append(region)
        return self._client

    def will_give(self, token: str, *, hours: int = 12) -> None:
        item = {
            "authorizationToken": token,
            "expiresAt": self.now + timedelta(hours=hours),
            "proxyEndpoint": self.server.url,
        }
        self.stub.add_response(
            "get_authorization_token", {"authorizationData": [item]}, {"registryIds": ["123456789012"]}
        )


@pytest.fixture
def ecr(tmp_path: Path) -> Iterator[Ecr]:
    with ExitStack() as stack:
        yield Ecr(stack, tmp_path / "layout")


def test_the_registry_is_where_ecr_says_with_the_token_it_gives(ecr: Ecr) -> None:
    ecr.will_give("first")

    assert len(ecr.sources.open(INSTANCE, "app").images("latest")) == 1
    assert {asked.headers["Authorization"] for asked in ecr.server.asked} == {"Basic first"}
    assert ecr.regions == ["eu-central-1"]


def test_one_token_serves_every_repository_of_an_instance(ecr: Ecr) -> None:
    ecr.will_give("first")

    for _ in range(3):
        ecr.sources.open(INSTANCE, "app").images("latest")
    ecr.stub.assert_no_pending_responses()


def test_a_token_about_to_run_out_is_replaced(ecr: Ecr) -> None:
    ecr.will_give("first")
    ecr.sources.open(INSTANCE, "app").images("latest")
    ecr.now += timedelta(hours=11, minutes=55)
    ecr.will_give("second")
    ecr.good = {"second"}

    ecr.sources.open(INSTANCE, "app").images("latest")
    assert ecr.server.asked[-1].headers["Authorization"] == "Basic second"


def test_a_token_that_is_refused_is_replaced_once(ecr: Ecr) -> None:
    ecr.will_give("stale")
    ecr.will_give("first")

    assert ecr.sources.open(INSTANCE, "app").images("latest")

    ecr.good = set()
    ecr.will_give("other")
    with pytest.raises(RegistryError, match="needs credentials"):
        ecr.sources.open(INSTANCE, "app").images("latest")


@pytest.mark.parametrize(("code", "retryable"), [("AccessDeniedException", False), ("ServerException", True)])
def test_a_refusal_names_the_code_and_nothing_else(code: str, retryable: bool, ecr: Ecr) -> None:
    ecr.stub.add_client_error(
        "get_authorization_token", service_error_code=code, service_message="arn:aws:iam::1:user/x"
    )

    with pytest.raises(RegistryError, match=f"ECR gives no token: {code}") as caught:
        ecr.sources.open(INSTANCE, "app")
    assert caught.value.retryable is retryable
    assert "arn" not in str(caught.value)


def test_an_unreachable_ecr_is_a_retryable_error() -> None:
    class Unreachable:
        def get_authorization_token(self, **_: object) -> object:
            raise EndpointConnectionError(endpoint_url="https://ecr.test")

    sources = EcrSources(lambda _: Unreachable())  # type: ignore[arg-type, return-value]  # one method of a client
    with pytest.raises(RegistryError, match="EndpointConnectionError") as caught:
        sources.open(INSTANCE, "app")
    assert caught.value.retryable


def test_an_empty_answer_is_an_error(ecr: Ecr) -> None:
    ecr.stub.add_response("get_authorization_token", {"authorizationData": []})

    with pytest.raises(RegistryError, match="no token"):
        ecr.sources.open(INSTANCE, "app")


@pytest.mark.parametrize(
    "instance", ["", "registry.test", "123.eu-central-1", "123456789012.", "123456789012.eu-central-1\n"]
)
def test_another_kind_of_instance_is_not_known(instance: str, ecr: Ecr) -> None:
    with pytest.raises(InvalidValue):
        EcrInstance.parse(instance)
    with pytest.raises(RegistryError, match="not known"):
        ecr.sources.open(instance, "app")


@pytest.mark.parametrize("text", ["000000000000.us-east-1", "123456789012.us-gov-west-1", "123456789012.cn-north-1"])
def test_instance_ids_read_back(text: str) -> None:
    assert str(EcrInstance.parse(text)) == text
