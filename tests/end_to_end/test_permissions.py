"""Least privilege, derived: what each function really asks AWS for, against what its role in the template allows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from pratique.local.functions import DURABLE
from pratique.local.needed_permissions import Permission
from tests.end_to_end.conftest import PROJECT
from tests.end_to_end.permission_tour import ARN, CALLS
from tests.template.deployed import folder_of, functions
from tests.template.policies import KEY_ACTIONS, Granted, granted_to

pytestmark = [
    pytest.mark.integration,
    pytest.mark.xdist_group("permissions"),
    pytest.mark.filterwarnings("ignore:No application metrics"),
]
NAMES = sorted(functions())
# What no handler asks for with a call of its own, and why the role needs it all the same.
ONLY_ON_AWS = {
    "logs:CreateLogStream": "Lambda writes the function's log with its role",
    "logs:PutLogEvents": "Lambda writes the function's log with its role",
    "xray:PutTraceSegments": "Lambda's own daemon sends the traces",
    "xray:PutTelemetryRecords": "Lambda's own daemon sends the traces",
    "sqs:SendMessage": "Lambda puts what a function failed on into its queue",
    "dynamodb:DescribeStream": "the event source mapping reads the stream with the role",
    "dynamodb:GetRecords": "the event source mapping reads the stream with the role",
    "dynamodb:GetShardIterator": "the event source mapping reads the stream with the role",
    "dynamodb:ListStreams": "the event source mapping reads the stream with the role",
    "lambda:CheckpointDurableExecution": "the local runner keeps checkpoints itself",
    "lambda:GetDurableExecutionState": "the local runner keeps checkpoints itself",
    "ecr:BatchGetImage": "ECR asks for it when a manifest is pulled over HTTP with the token",
    "ecr:GetDownloadUrlForLayer": "ECR asks for it when a blob is pulled over HTTP with the token",
    **dict.fromkeys(KEY_ACTIONS, "DynamoDB, S3, SQS and Secrets Manager use a key of one's own in the role's name"),
    "sts:AssumeRole": "only for registries of other accounts",
}
Calls = Mapping[str, frozenset[Permission]]


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    if not (PROJECT / ".venv-endpoint" / "bin" / "ministack").exists():
        pytest.skip("the embedded endpoint is not installed: run `make setup`")
    folder = tmp_path_factory.mktemp("tour")
    # In a process of its own: what functions keep between calls would lead to another test's system.
    command = [sys.executable, "-m", "tests.end_to_end.permission_tour", str(folder)]
    toured = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert toured.returncode == 0, toured.stderr[-5000:]
    return read(folder / CALLS)


def read(log: Path) -> Calls:
    found: dict[str, set[Permission]] = defaultdict(set)
    for line in log.read_text().splitlines():
        call = json.loads(line)
        found[call.pop("function")].add(as_deployed(Permission(**call)))
    return {function: frozenset(permissions) for function, permissions in found.items()}


def as_deployed(called: Permission) -> Permission:
    """The call on the resource that stands in the template where the local system has its own."""
    resource = called.resource.replace("pratique-local", "ScannerBucket", 1)
    match called.action:
        case "lambda:InvokeFunction":
            resource = resource.replace("_", "-") + ":live" * (resource in DURABLE)
        case "secretsmanager:GetSecretValue":
            resource = {"cursor-key": "CursorSecret", ARN: "pratique/harbor"}[resource]
        case "events:PutEvents":
            resource = "${EventBusName}"
        case _ if called.action.startswith("ecr:Describe"):
            resource = "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/*"
    return Permission(called.action, resource, called.key)


def invoked_by_lambda(name: str, granted: Granted) -> bool:
    """Whether it is for ``context.invoke`` of a durable function, which Lambda carries out with the function's role."""
    return folder_of(name) in DURABLE and granted.action == "lambda:InvokeFunction"


def used(granted: Granted, function: str, calls: Calls) -> bool:
    """Whether any call needs it; of a policy that several functions share, a call of any of these."""
    users = [folder_of(name) for name in NAMES if granted in granted_to(name)] if granted.shared else [function]
    return any(granted.covers(call) for user in users for call in calls.get(user, ()))


@pytest.mark.parametrize("name", NAMES)
def test_role_allows_every_call_of_its_function(calls: Calls, name: str) -> None:
    granted = granted_to(name)
    needed = calls.get(folder_of(name), frozenset())
    assert not sorted(str(call) for call in needed if not any(one.covers(call) for one in granted))


@pytest.mark.parametrize("name", NAMES)
def test_role_allows_nothing_that_its_function_never_asks_for(calls: Calls, name: str) -> None:
    unused = [one for one in granted_to(name) if not used(one, folder_of(name), calls)]
    assert not [str(one) for one in unused if one.action not in ONLY_ON_AWS and not invoked_by_lambda(name, one)]


def test_every_exception_is_one() -> None:
    granted = {one.action for name in NAMES for one in granted_to(name)}
    assert granted >= ONLY_ON_AWS.keys()
