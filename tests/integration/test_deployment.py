"""A rehearsal of the deployment: what `sam build` made becomes one stack on the embedded endpoint, and is updated."""

from __future__ import annotations

import io
import json
import subprocess
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from pratique.local.endpoint import EmbeddedEndpoint
from tests.template.deployed import functions

pytestmark = pytest.mark.integration

PROJECT = Path(__file__).parents[2]
BUILT = PROJECT / ".aws-sam" / "build"
# What the endpoint cannot create; cfn-lint has checked their properties against the schemas.
NOT_THERE = {
    "SourceAccountsPolicy": "it knows no AWS::Events::EventBusPolicy",
    "AdvisoriesStaleAlarm": "its alarms know no metric math",
}
NO_PARAMETERS: Mapping[str, str] = {}
EVERYTHING = {
    "KmsKeyArn": "arn:aws:kms:us-east-1:000000000000:key/0a0a0a0a-1111-2222-3333-444444444444",
    "NotifyEmail": "people@example.com",
    "AlarmTopicArn": "arn:aws:sns:us-east-1:000000000000:alarms",
    "LayerConcurrency": "10",
    "ApiConcurrency": "10",
    "JwtIssuer": "https://issuer.example.com",
    "JwtAudience": "console",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not (BUILT / "template.yaml").is_file() or not (PROJECT / ".venv-build" / "bin" / "sam").exists():
        pytest.skip("nothing is built: run `make build`")
    target = tmp_path_factory.mktemp("native") / "template.json"
    script = Path(__file__).with_name("expand_template.py")
    command: list[str | Path] = [
        PROJECT / ".venv-build" / "bin" / "python",
        script,
        BUILT / "template.yaml",
        target,
        "s3://code/code.zip",
    ]
    subprocess.run(command, check=True, env={"AWS_DEFAULT_REGION": "us-east-1", "PATH": "/usr/bin:/bin"})
    native: dict[str, Any] = json.loads(target.read_text())
    for name in NOT_THERE:
        del native["Resources"][name]
    return native


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    if not (PROJECT / ".venv-endpoint" / "bin" / "ministack").exists():
        pytest.skip("the embedded endpoint is not installed: run `make setup`")
    with EmbeddedEndpoint(folder=tmp_path, environment=PROJECT / ".venv-endpoint") as endpoint:
        yield Account(endpoint.url)


class Account:
    """An empty account with the uploaded code."""

    def __init__(self, url: str) -> None:
        self.url = url
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("handler.py", "def lambda_handler(event, context): return {}")
        self.client("s3").create_bucket(Bucket="code")
        self.client("s3").put_object(Bucket="code", Key="code.zip", Body=code.getvalue())

    def client(self, service: str) -> Any:
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def deploy(
        self, template: dict[str, Any], parameters: Mapping[str, str] = NO_PARAMETERS, *, update: bool = False
    ) -> dict[str, str]:
        """Create or update the stack and return what it made, by logical id."""
        self.client("s3").put_object(Bucket="code", Key="template.json", Body=json.dumps(template))
        stacks = self.client("cloudformation")
        change = stacks.update_stack if update else stacks.create_stack
        change(
            StackName="pratique",
            TemplateURL=f"{self.url}/code/template.json",
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
        stack = self._ended(stacks)
        assert stack["StackStatus"] == ("UPDATE_COMPLETE" if update else "CREATE_COMPLETE"), self._why(stacks)
        pages = stacks.get_paginator("list_stack_resources").paginate(StackName="pratique")
        made = [one for page in pages for one in page["StackResourceSummaries"]]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in made}

    def _ended(self, stacks: Any) -> Any:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            (stack,) = stacks.describe_stacks(StackName="pratique")["Stacks"]
            if not stack["StackStatus"].endswith("IN_PROGRESS"):
                return stack
            time.sleep(0.2)
        pytest.fail("the stack did not come to an end")

    def _why(self, stacks: Any) -> list[str]:
        events = stacks.describe_stack_events(StackName="pratique")["StackEvents"]
        failed = [one for one in events if "ResourceStatusReason" in one]
        return [f"{one['LogicalResourceId']}: {one['ResourceStatusReason']}" for one in failed]


def test_every_function_is_built_with_its_handler(template: dict[str, Any]) -> None:
    for name in functions():
        assert (BUILT / name / "handler.py").is_file()
    assert (BUILT / "CoreLayer" / "python" / "pratique" / "__init__.py").is_file()
    assert template["Resources"]


@pytest.mark.parametrize("parameters", [{}, EVERYTHING], ids=["defaults", "everything"])
def test_built_template_becomes_a_stack(account: Account, template: dict[str, Any], parameters: dict[str, str]) -> None:
    made = account.deploy(template, parameters)
    assert {name for name in template["Resources"] if "Condition" not in template["Resources"][name]} <= made.keys()
    assert ("NotificationTopic" in made) is ("NotifyEmail" in parameters)
    assert ("UserPool" in made) is ("JwtIssuer" not in parameters)
    assert len(account.client("lambda").list_functions()["Functions"]) == len(functions())


def test_upgrade_keeps_what_is_stored(account: Account, template: dict[str, Any]) -> None:
    made = account.deploy(template)
    tables, bucket = account.client("dynamodb"), account.client("s3")
    item = {"PK": {"S": "CFG#settings"}, "SK": {"S": "CURRENT"}, "version": {"N": "3"}}
    tables.put_item(TableName=made["IndexTable"], Item=item)
    bucket.put_object(Bucket=made["ScannerBucket"], Key="layers/a", Body=b"report")
    after = account.deploy(template, {"LogRetentionDays": "90", "LogLevel": "DEBUG"}, update=True)
    for name in ("FindingsTable", "IndexTable", "ScannerBucket"):
        assert after[name] == made[name]
    kept = tables.get_item(TableName=made["IndexTable"], Key={"PK": item["PK"], "SK": item["SK"]})
    assert kept["Item"] == item
    assert bucket.get_object(Bucket=made["ScannerBucket"], Key="layers/a")["Body"].read() == b"report"
