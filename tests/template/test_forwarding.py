from __future__ import annotations

from pathlib import Path
from typing import Any

from pratique.local.template import resources
from tests.template.deployed import PROJECT, functions

TEMPLATE: Path = PROJECT / "templates" / "forwarding.yaml"


def properties(name: str) -> Any:
    return resources(TEMPLATE)[name]["Properties"]


def test_forwarded_events_are_those_that_the_stack_takes() -> None:
    (event,) = functions()["ReceivePushFunction"]["Events"].values()
    assert properties("ForwardImageActions")["EventPattern"] == event["Properties"]["Pattern"]


def test_pull_role_is_the_one_that_the_stack_may_assume_and_can_only_read() -> None:
    role = properties("PullRole")
    assert role["RoleName"].startswith("pratique-pull")
    actions = {
        action for one in role["Policies"][0]["PolicyDocument"]["Statement"] for action in _listed(one["Action"])
    }
    assert actions == {
        "ecr:GetAuthorizationToken",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
        "ecr:DescribeRepositories",
        "ecr:DescribeImages",
    }


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
