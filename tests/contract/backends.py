"""The engines that the contract suites run on: in memory, moto, the embedded endpoint and DynamoDB Local."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
import urllib3
from botocore.config import Config

from pratique.local.child import start_child, stop_child
from pratique.local.endpoint import EmbeddedEndpoint, free_port
from pratique.local.template import table_definitions

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

PROJECT = Path(__file__).parents[2]
DYNAMODB_LOCAL = PROJECT / ".pratique" / "dynamodb-local"
_START_SECONDS = 30.0


def dynamodb_client(url: str | None) -> DynamoDBClient:
    return _session().client("dynamodb", endpoint_url=url, config=Config(retries={"max_attempts": 1}))


def s3_client(url: str | None) -> S3Client:
    config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
    return _session().client("s3", endpoint_url=url, config=config)


def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name="eu-west-1")


def create_tables(client: DynamoDBClient, suffix: str) -> tuple[str, str]:
    """Create both tables of the template under names of their own and return the names."""
    names = {}
    for definition in table_definitions(PROJECT / "template.yaml"):
        name = f"{definition['TableName']}{suffix}"
        client.create_table(**{**definition, "TableName": name})
        names[definition["TableName"]] = name
    return names["FindingsTable"], names["IndexTable"]


@contextmanager
def endpoint(folder: Path) -> Iterator[str]:
    environment = PROJECT / ".venv-endpoint"
    if not (environment / "bin" / "ministack").exists():
        pytest.skip("the embedded endpoint is not installed: run `make setup`")
    with EmbeddedEndpoint(folder=folder, environment=environment) as running:
        yield running.url


@contextmanager
def dynamodb_local(folder: Path) -> Iterator[str]:
    """Run DynamoDB's own local build; its folder is made by `.ci/dynamodb_local`."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("Java is missing: DynamoDB Local cannot run")
    if not (DYNAMODB_LOCAL / "DynamoDBLocal.jar").exists():
        pytest.skip("DynamoDB Local is not installed: run `.ci/dynamodb_local`")
    port = free_port()
    libraries = DYNAMODB_LOCAL / "DynamoDBLocal_lib"
    command = [java, f"-Djava.library.path={libraries}", "-jar", str(DYNAMODB_LOCAL / "DynamoDBLocal.jar")]
    command += ["-inMemory", "-disableTelemetry", "-port", str(port)]
    # It writes a file of its own into the folder that it is started in.
    command = ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *command]
    process = start_child(command, environment={"PATH": "/usr/bin:/bin"}, log=folder / "dynamodb-local.log")
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield url
    finally:
        stop_child(process)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    pool = urllib3.PoolManager(retries=False, timeout=1.0)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            pool.request("GET", url)
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("DynamoDB Local did not start")
