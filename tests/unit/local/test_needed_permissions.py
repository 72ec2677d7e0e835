from __future__ import annotations

from typing import Any

import pytest

from pratique.local.needed_permissions import Permission, needed_permissions

KEY = {"PK": {"S": "IMG#a"}, "SK": {"S": "META"}}


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "needed"),
    [
        ("dynamodb", "GetItem", {"TableName": "T", "Key": KEY}, [("dynamodb:GetItem", "T", "IMG#a")]),
        (
            "dynamodb",
            "TransactWriteItems",
            {
                "TransactItems": [
                    {"Put": {"TableName": "T", "Item": KEY}},
                    {"Update": {"TableName": "U", "Key": KEY}},
                    {"ConditionCheck": {"TableName": "T", "Key": KEY}},
                ]
            },
            [
                ("dynamodb:PutItem", "T", "IMG#a"),
                ("dynamodb:UpdateItem", "U", "IMG#a"),
                ("dynamodb:ConditionCheckItem", "T", "IMG#a"),
            ],
        ),
        (
            "dynamodb",
            "BatchWriteItem",
            {"RequestItems": {"T": [{"PutRequest": {"Item": KEY}}, {"DeleteRequest": {"Key": KEY}}]}},
            [("dynamodb:BatchWriteItem", "T", "IMG#a")],
        ),
        (
            "dynamodb",
            "Query",
            {
                "TableName": "T",
                "IndexName": "GSI1",
                "KeyConditionExpression": "#GSI1PK = :list AND #GSI1SK > :after",
                "ExpressionAttributeValues": {":list": {"S": "IMGS#a"}, ":after": {"S": "x"}},
            },
            [("dynamodb:Query", "T/index/GSI1", "IMGS#a")],
        ),
        (
            "s3",
            "HeadObject",
            {"Bucket": "B", "Key": f"layers/sha256:{'0' * 64}/a.zst"},
            [("s3:GetObject", "B/layers/sha256:*/a.zst", ""), ("s3:ListBucket", "B", "")],
        ),
        (
            "s3",
            "DeleteObjects",
            {"Bucket": "B", "Delete": {"Objects": [{"Key": "a/b"}, {"Key": "a/c"}]}},
            [("s3:DeleteObject", "B/a/b", ""), ("s3:DeleteObject", "B/a/c", "")],
        ),
        ("lambda", "Invoke", {"FunctionName": "rescan"}, [("lambda:InvokeFunction", "rescan", "")]),
        ("ecr", "GetAuthorizationToken", {}, [("ecr:GetAuthorizationToken", "*", "")]),
    ],
)
def test_call_needs(
    service: str, operation: str, parameters: dict[str, Any], needed: list[tuple[str, str, str]]
) -> None:
    assert list(needed_permissions(service, operation, parameters)) == [Permission(*one) for one in needed]
