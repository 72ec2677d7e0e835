from __future__ import annotations

from typing import Any

import pytest

from tests.template.deployed import deployed, managed_policies, of_type, statements

TABLES = sorted(of_type("AWS::DynamoDB::Table"))


KEY = {"Ref": "KmsKeyArn"}
NOTHING = {"Ref": "AWS::NoValue"}
# Everything else that stores something, and the property that names the key.
ENCRYPTED = {
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::SecretsManager::Secret": "KmsKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
}


def chosen_by_key(value: Any) -> tuple[Any, Any]:
    """What stands there with a key of one's own, and without one."""
    condition, own, of_aws = value["Fn::If"]
    assert condition == "OwnKey"
    return own, of_aws


@pytest.mark.parametrize("kind", sorted(ENCRYPTED))
def test_everything_that_stores_takes_the_own_key(kind: str) -> None:
    found = of_type(kind)
    assert found
    for name, properties in found.items():
        assert chosen_by_key(properties[ENCRYPTED[kind]]) == (KEY, NOTHING), name


def test_queues_are_encrypted_without_an_own_key_too() -> None:
    for name, queue in of_type("AWS::SQS::Queue").items():
        assert chosen_by_key(queue["SqsManagedSseEnabled"]) == (NOTHING, True), name


def test_roles_may_use_the_own_key_through_the_services_alone() -> None:
    assert deployed()["UseKeyPolicy"]["Condition"] == "OwnKey"
    (statement,) = statements(of_type("AWS::IAM::ManagedPolicy")["UseKeyPolicy"])
    assert statement["Resource"] == KEY
    services = {one["Fn::Sub"].partition(".")[0] for one in statement["Condition"]["StringEquals"]["kms:ViaService"]}
    assert services == {"dynamodb", "s3", "sqs", "secretsmanager"}
    users = {name for name, role in of_type("AWS::IAM::Role").items() if "UseKeyPolicy" in managed_policies(role)}
    assert users == {name for name in of_type("AWS::IAM::Role") if name != "ServeConsoleRole"}


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
    own, of_aws = chosen_by_key(table["SSESpecification"])
    assert own == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
    assert of_aws == {"SSEEnabled": True}
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
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    own, of_aws = chosen_by_key(encryption["ServerSideEncryptionByDefault"])
    assert own == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    assert of_aws == {"SSEAlgorithm": "AES256"}
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert rules["abort-unfinished-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert (rules["expire-exports"]["Prefix"], rules["expire-exports"]["ExpirationInDays"]) == ("exports/", 7)


def test_bucket_refuses_plain_http() -> None:
    (statement,) = of_type("AWS::S3::BucketPolicy")["ScannerBucketPolicy"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
