"""The template as the tests read it: resources by type, and the folders that functions come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pratique.local.template import resources

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATE = PROJECT / "template.yaml"

Properties = Mapping[str, Any]


@lru_cache(maxsize=1)
def deployed() -> Mapping[str, Mapping[str, Any]]:
    return resources(TEMPLATE)


def of_type(kind: str) -> dict[str, Properties]:
    return {name: resource.get("Properties", {}) for name, resource in deployed().items() if resource["Type"] == kind}


def functions() -> dict[str, Properties]:
    return of_type("AWS::Serverless::Function")


def folder_of(logical_id: str) -> str:
    """``ReceivePushFunction`` → ``receive_push``."""
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in logical_id)
    return words.strip("_").removesuffix("_function")


def target(value: object) -> str:
    """The logical id that a ``!Ref`` or ``!GetAtt`` names."""
    match value:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": str(name)}:
            return name.partition(".")[0]
    raise AssertionError(f"{value!r} names no resource")


def statements(policy: Properties) -> Iterator[Mapping[str, Any]]:
    yield from policy["PolicyDocument"]["Statement"]


def role_statements(role: Properties) -> list[Mapping[str, Any]]:
    """Every statement that a role has, those of its managed policies among them."""
    managed = of_type("AWS::IAM::ManagedPolicy")
    policies = [*role.get("Policies", []), *(managed[name] for name in managed_policies(role))]
    return [statement for policy in policies for statement in statements(policy)]


def managed_policies(role: Properties) -> list[str]:
    """The logical ids of the managed policies of a role, those under a condition among them."""
    return [target(arn["Fn::If"][1] if "Fn::If" in arn else arn) for arn in role.get("ManagedPolicyArns", [])]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
