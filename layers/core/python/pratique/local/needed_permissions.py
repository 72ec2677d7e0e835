"""Which permission an AWS call needs, by the service authorization reference.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

Parameters = Mapping[str, Any]

_TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_OBJECT_ACTIONS = {
    "HeadObject": "GetObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
}
# What names one thing among many of its kind: a digest, a ULID, a moment.
_NAME_OF_ONE = re.compile(r"(?=[\w-]*\d)[\w-]{12,}")


class Permission(Struct, frozen=True):
    """One action on one resource.

    ``resource`` is a table (``FindingsTable``), its index (``FindingsTable/index/GSI1``), a bucket with or without a
    key, a function or a secret; ``*`` where the action knows none.  ``key`` is the partition key that DynamoDB's
    condition ``dynamodb:LeadingKeys`` looks at, empty for the others.  Names of single things are cut to ``*``.
    """

    action: str
    resource: str
    key: str = ""


def needed_permissions(service: str, operation: str, parameters: Parameters) -> tuple[Permission, ...]:
    """Return what a role must allow for one call; ``service`` is botocore's name of it."""
    match service:
        case "dynamodb":
            found = _of_table(operation, parameters)
        case "s3":
            found = _of_bucket(operation, parameters)
        case "lambda":
            action = "InvokeFunction" if operation == "Invoke" else operation
            found = iter([Permission(f"lambda:{action}", str(parameters.get("FunctionName", "*")))])
        case "secretsmanager":
            found = iter([Permission(f"secretsmanager:{operation}", str(parameters.get("SecretId", "*")))])
        case "events" if operation == "PutEvents":
            buses = {str(entry.get("EventBusName", "default")) for entry in parameters.get("Entries", ())}
            found = (Permission("events:PutEvents", bus) for bus in sorted(buses))
        case _:
            found = iter([Permission(f"{service}:{operation}", "*")])
    return tuple(dict.fromkeys(found))


def _of_table(operation: str, parameters: Parameters) -> Iterator[Permission]:
    match operation:
        case "TransactWriteItems" | "TransactGetItems":
            for item in parameters["TransactItems"]:
                for kind, request in item.items():
                    yield _of_item(_TRANSACTED[kind], request["TableName"], request)
        case "BatchGetItem":
            for table, request in parameters["RequestItems"].items():
                yield from (_of_item(operation, table, {"Key": key}) for key in request["Keys"])
        case "BatchWriteItem":
            for table, requests in parameters["RequestItems"].items():
                for request in requests:
                    yield from (_of_item(operation, table, one) for one in request.values())
        case "Query":
            table, index = parameters["TableName"], parameters.get("IndexName", "")
            key = _queried(parameters)
            yield Permission("dynamodb:Query", f"{table}/index/{index}" if index else table, _family(key))
        case _:
            yield _of_item(operation, str(parameters.get("TableName", "*")), parameters)


def _of_item(operation: str, table: str, request: Parameters) -> Permission:
    key = (request.get("Key") or request.get("Item") or {}).get("PK", {})
    return Permission(f"dynamodb:{operation}", table, _family(str(key.get("S", ""))))


def _queried(parameters: Parameters) -> str:
    """Return the partition that a query names: by DynamoDB's rule the first equality of its key condition."""
    names = re.findall(r"#?\w*PK\s*=\s*(:\w+)", str(parameters.get("KeyConditionExpression", "")))
    value = parameters.get("ExpressionAttributeValues", {}).get(names[0] if names else "", {})
    return str(value.get("S", ""))


def _of_bucket(operation: str, parameters: Parameters) -> Iterator[Permission]:
    bucket = str(parameters.get("Bucket", "*"))
    if operation in {"ListObjectsV2", "ListObjects", "HeadBucket"}:
        yield Permission("s3:ListBucket", bucket)
        return
    keys = [str(one["Key"]) for one in parameters.get("Delete", {}).get("Objects", ())] or [str(parameters["Key"])]
    action = "DeleteObject" if operation == "DeleteObjects" else _OBJECT_ACTIONS.get(operation, operation)
    for key in keys:
        yield Permission(f"s3:{action}", f"{bucket}/{_family(key)}")
    if action == "GetObject":
        # Without it S3 answers 403 and not 404 for a key that is not there, and every reader asks for such keys.
        yield Permission("s3:ListBucket", bucket)


def _family(text: str) -> str:
    return _NAME_OF_ONE.sub("*", text)
