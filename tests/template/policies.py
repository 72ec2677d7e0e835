"""The policies of the functions' roles, asked as IAM asks them: does any statement allow this here?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pratique.local.needed_permissions import Permission
from tests.template.deployed import Properties, functions, listed, managed_policies, of_type, statements, target

KEY_ACTIONS = (
    "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo",
)  # fmt: skip
_KEYS = "dynamodb:LeadingKeys"
_ARN_PARTS = re.compile(r"^arn:\$\{AWS::Partition\}:.*?:(?:function|secret|role|event-bus)[:/]")


@dataclass(frozen=True, slots=True)
class Granted:
    """One action that a role has on one resource.

    ``keys`` are the partitions it is kept to, none where it is not; ``shared`` is the managed policy that it stands in.
    """

    action: str
    resource: str
    keys: tuple[str, ...] = ()
    shared: str = ""

    def covers(self, needed: Permission) -> bool:
        """Whether it allows what a call needs."""
        return (
            self.action == needed.action
            and (needed.resource == "*" or fnmatchcase(needed.resource, self.resource))
            and (not self.keys or any(fnmatchcase(needed.key, key) for key in self.keys))
        )


def granted_to(function: str) -> list[Granted]:
    """What the role of a function (by its logical id) allows, its managed policies among it."""
    role = of_type("AWS::IAM::Role")[target(functions()[function]["Role"])]
    managed = {name: of_type("AWS::IAM::ManagedPolicy")[name] for name in managed_policies(role)}
    own = [one for policy in role["Policies"] for one in _grants(policy, "")]
    return own + [one for name, policy in managed.items() for one in _grants(policy, name)]


def _grants(policy: Properties, shared: str) -> Iterator[Granted]:
    for statement in statements(policy):
        resources = statement["Resource"]
        keys = statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get(_KEYS, [])
        for action in listed(statement["Action"]):
            for resource in resources if isinstance(resources, list) else [resources]:
                yield Granted(action, plain_resource(resource), tuple(keys), shared)


def plain_resource(value: object) -> str:
    """A statement's resource with the logical ids that it names: ``ScannerBucket/layers/*``, ``scan-image:live``."""
    match value:
        case str(text):
            return text
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": str(name)}:
            return name.removesuffix(".Arn").replace(".", "/")
        case {"Fn::Sub": str(text)}:
            bare = re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text).replace("${AWS::StackName}-", "")
            return _ARN_PARTS.sub("", bare)
    raise AssertionError(f"{value!r} is no resource of a statement")
