"""Registries of every kind by their instance ID, and what ECR lists."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber

from pratique.adapters.aws_clients import AwsClients
from pratique.adapters.dynamodb_stores import dynamo_stores
from pratique.adapters.ecr import EcrInstance, EcrSources
from pratique.adapters.ecr_lists import EcrLists
from pratique.adapters.known_registries import KnownRegistries, Secrets
from pratique.adapters.registry_auth import ChallengeAuthorizer, Credentials
from pratique.adapters.registry_http import RegistryHttp
from pratique.adapters.registry_v2 import RegistrySource
from pratique.adapters.sources import open_source
from pratique.errors import RegistryError
from pratique.local.push import push_image
from pratique.local.registry import EmbeddedRegistry
from pratique.model.settings import Registry, Settings
from pratique.ports.registry_lists import Listed
from tests.fakes.dynamodb import FakeDynamo
from tests.finding_builder import NOON, digest_of
from tests.image_builder import build_layout

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pratique/harbor-AbCdEf"
KEYS = {"region_name": "eu-west-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}
PUSHED = datetime(2026, 1, 1, tzinfo=UTC)
IMAGE = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def ecr_lists(client: ECRClient) -> EcrLists:
    children = {digest_of("index"): (digest_of("amd64"), digest_of("arm64"))}
    return EcrLists(EcrInstance.parse("111122223333.eu-west-1"), client, lambda _name, digest: children[digest])


def detail(name: str, kind: str, *tags: str, artifact: str = "") -> dict[str, object]:
    item: dict[str, object] = {"imageDigest": digest_of(name), "imageManifestMediaType": kind, "imagePushedAt": PUSHED}
    return item | ({"imageTags": list(tags)} if tags else {}) | ({"artifactMediaType": artifact} if artifact else {})


def test_ecr_lists_images_with_the_tags_of_their_indexes_and_nothing_else() -> None:
    client: ECRClient = boto3.client("ecr", **KEYS)  # type: ignore[call-overload]
    config = "application/vnd.docker.container.image.v1+json"
    details = [
        detail("index", INDEX, "1.0", "latest"),
        detail("amd64", IMAGE, artifact=config),
        detail("arm64", IMAGE, "arm", artifact=config),
        detail("plain", IMAGE, "old"),
        detail("chart", IMAGE, "chart", artifact="application/vnd.cncf.helm.config.v1+json"),
    ]
    with Stubber(client) as stub:
        stub.add_response(
            "describe_images", {"imageDetails": details}, {"registryId": "111122223333", "repositoryName": "app"}
        )
        assert ecr_lists(client).images("app") == (
            Listed(digest_of("amd64"), ("1.0", "latest"), PUSHED),
            Listed(digest_of("arm64"), ("arm", "1.0", "latest"), PUSHED),
            Listed(digest_of("plain"), ("old",), PUSHED),
        )


def test_repository_that_is_gone_holds_nothing_and_other_failures_are_told() -> None:
    client: ECRClient = boto3.client("ecr", **KEYS)  # type: ignore[call-overload]
    with Stubber(client) as stub:
        stub.add_client_error("describe_images", "RepositoryNotFoundException")
        assert ecr_lists(client).images("app") == ()
        for code, retryable in (("ThrottlingException", True), ("AccessDeniedException", False)):
            stub.add_client_error("describe_repositories", code)
            with pytest.raises(RegistryError, match=code) as caught:
                list(ecr_lists(client).repositories())
            assert caught.value.retryable is retryable


def secrets_of(*answers: str) -> tuple[Secrets, Stubber, list[float]]:
    client: SecretsManagerClient = boto3.client("secretsmanager", **KEYS)  # type: ignore[call-overload]
    stub, now = Stubber(client), [0.0]
    for answer in answers:
        stub.add_response("get_secret_value", {"SecretString": answer}, {"SecretId": ARN})
    stub.activate()
    return Secrets(lambda: client, lambda: now[0]), stub, now


def test_secret_is_kept_for_minutes_and_asked_for_again() -> None:
    secrets, stub, now = secrets_of('{"username": "ann", "password": "one"}', '{"username": "ann", "password": "two"}')
    assert [secrets.login(ARN) for _ in range(2)] == [Credentials("ann", "one")] * 2
    now[0] = 301.0
    assert secrets.login(ARN) == Credentials("ann", "two")
    stub.assert_no_pending_responses()


def test_secret_that_is_no_login_is_told_without_its_value() -> None:
    secrets, _, _ = secrets_of("hunter2")
    with pytest.raises(RegistryError, match="not JSON") as caught:
        secrets.login(ARN)
    assert "hunter2" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_instance_that_no_setting_names_is_not_known() -> None:
    stores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
    settings = Settings(registries=(Registry("named", url="https://r.example.com", repositories=("team/a", "b")),))
    stores.settings.put(settings, expected_version=0, by="ann", now=NOON)
    registries = KnownRegistries(stores.settings, secrets_of()[0], EcrSources(AwsClients().ecr))
    assert list(registries.repositories("named")) == ["team/a", "b"]
    assert registries.open("named", "team/a").describe("1") == "r.example.com/team/a:1"
    for ask in (lambda: registries.open("other", "a"), lambda: list(registries.repositories("other"))):
        with pytest.raises(RegistryError, match="not known"):
            ask()


def test_registry_v2_lists_tagged_images_and_no_artifacts(tmp_path: Path) -> None:
    build_layout(tmp_path / "image", [{"a": b"1"}])
    with EmbeddedRegistry(tmp_path / "registry") as registry:
        source, reference = open_source(str(tmp_path / "image"))
        digests = {push_image(source, reference, registry.address, "team/app", tag) for tag in ("1", "latest")}
        http = RegistryHttp(f"http://{registry.address}", ChallengeAuthorizer("repository:team/app:pull"))
        assert RegistrySource(http, "team/app").listed() == (Listed(digests.pop(), ("1", "latest"), None),)
        assert RegistrySource(http, "team/none").listed() == ()
