from __future__ import annotations

import pytest

from tests.template.deployed import deployed, of_type

TABLES = sorted(of_type("AWS::DynamoDB::Table"))


def test_tables_are_two() -> None:
    assert TABLES == ["FindingsTable", "IndexTable"]


@pytest.mark.parametrize("name", [*TABLES, "ScannerBucket"])
def test_stored_things_survive_the_stack(name: str) -> None:
    assert deployed()[name]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert deployed()[name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", TABLES)
def test_table_is_protected_and_pays_by_request(name: str) -> None:
    table = of_type("AWS::DynamoDB::Table")[name]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] == {"Ref": "ProtectTables"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


def test_findings_have_a_stream_and_an_index_of_keys_and_the_counts_have_neither() -> None:
    findings, index = (of_type("AWS::DynamoDB::Table")[name] for name in TABLES)
    assert findings["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    (lists,) = findings["GlobalSecondaryIndexes"]
    assert (lists["IndexName"], lists["Projection"]) == ("GSI1", {"ProjectionType": "KEYS_ONLY"})
    assert "StreamSpecification" not in index
    assert "GlobalSecondaryIndexes" not in index


def test_bucket_is_private_encrypted_and_cleans_up() -> None:
    bucket = of_type("AWS::S3::Bucket")["ScannerBucket"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert rules["abort-unfinished-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert (rules["expire-exports"]["Prefix"], rules["expire-exports"]["ExpirationInDays"]) == ("exports/", 7)


def test_bucket_refuses_plain_http() -> None:
    (statement,) = of_type("AWS::S3::BucketPolicy")["ScannerBucketPolicy"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
