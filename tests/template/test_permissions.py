from __future__ import annotations

import pytest

from tests.template.deployed import (
    deployed,
    folder_of,
    functions,
    listed,
    of_type,
    role_statements,
    statements,
    target,
)

# Actions that know no resources, by https://docs.aws.amazon.com/service-authorization/latest/reference/
WITHOUT_RESOURCES = {
    "ecr:GetAuthorizationToken", "xray:PutTraceSegments", "xray:PutTelemetryRecords", "dynamodb:ListStreams",
}  # fmt: skip
ROLES = sorted(of_type("AWS::IAM::Role"))


@pytest.mark.parametrize("name", ROLES)
def test_role_belongs_to_one_function_and_lambda_alone(name: str) -> None:
    users = [function for function, properties in functions().items() if target(properties["Role"]) == name]
    assert users == [name.removesuffix("Role") + "Function"]
    (trust,) = statements({"PolicyDocument": of_type("AWS::IAM::Role")[name]["AssumeRolePolicyDocument"]})
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


@pytest.mark.parametrize("name", ROLES)
def test_role_names_actions_and_resources(name: str) -> None:
    for statement in role_statements(of_type("AWS::IAM::Role")[name]):
        actions = listed(statement["Action"])
        assert statement["Effect"] == "Allow"
        assert not [action for action in actions if "*" in action]
        if statement["Resource"] == "*":
            assert set(actions) <= WITHOUT_RESOURCES
        else:
            assert "*" not in listed(statement["Resource"])


@pytest.mark.parametrize("name", ROLES)
def test_role_may_write_its_own_log_alone(name: str) -> None:
    (log,) = [
        statement
        for statement in role_statements(of_type("AWS::IAM::Role")[name])
        if "logs:PutLogEvents" in listed(statement["Action"])
    ]
    assert target(log["Resource"]) == name.removesuffix("Role") + "LogGroup"


def invoked(name: str) -> set[str]:
    found = set()
    for statement in role_statements(of_type("AWS::IAM::Role")[name]):
        if "lambda:InvokeFunction" in listed(statement["Action"]):
            found.add(statement["Resource"]["Fn::Sub"].partition("${AWS::StackName}-")[2])
    return found


def test_functions_start_no_others_than_designed() -> None:
    assert {name.removesuffix("Role"): invoked(name) for name in ROLES if invoked(name)} == {
        "ReceivePush": {"scan-image:live"},
        "ReceiveWebhook": {"scan-image:live"},
        "ScanImage": {"analyze-layer", "assess-image", "scan-image:live"},
        "Rescan": {"scan-image:live", "rescan:live"},
        "Tick": {"rescan:live"},
        "UpdateAdvisories": {"rematch-images"},
        "RematchImages": {"rematch-images"},
        "ApplyAllowList": {"apply-allow-list"},
        "HuntSamples": {"analyze-layer", "assess-image", "hunt-samples:live"},
        "ApplySuppressions": {"apply-suppressions"},
        "ServeApi": {"rescan:live", "apply-allow-list", "apply-suppressions", "hunt-samples:live"},
    }


def test_function_variables_name_functions_that_may_be_started() -> None:
    for name, properties in functions().items():
        variables = properties.get("Environment", {}).get("Variables", {})
        named = set()
        for variable, value in variables.items():
            if variable.endswith("_FUNCTION"):
                text = value.get("Fn::Sub", "").partition("${AWS::StackName}-")[2]
                named.add(text or folder_of(target(value)).replace("_", "-"))
        assert named <= invoked(name.removesuffix("Function") + "Role"), name


def test_reader_of_hostile_bytes_touches_no_finding() -> None:
    tables = [
        statement
        for statement in role_statements(of_type("AWS::IAM::Role")["AnalyzeLayerRole"])
        if any(action.startswith("dynamodb:") for action in listed(statement["Action"]))
    ]
    settings, statement = sorted(tables, key=lambda statement: target(statement["Resource"]), reverse=True)
    assert target(settings["Resource"]) == "IndexTable"
    assert settings["Action"] == "dynamodb:GetItem"
    assert settings["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] == ["CFG#*"]
    assert target(statement["Resource"]) == "FindingsTable"
    assert statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] == ["LAYER#*", "SCAN#*"]


def test_api_writes_settings_decisions_and_scans_alone() -> None:
    for statement in role_statements(of_type("AWS::IAM::Role")["ServeApiRole"]):
        if {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"} & set(listed(statement["Action"])):
            keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            assert keys in (["SCAN#*", "EVENT#*"], ["CFG#*", "NAMES#M*", "AUDIT#*"])


def test_functions_that_pull_images_are_few() -> None:
    pulling = {
        name
        for name in ROLES
        if {"Ref": "PullImagesPolicy"} in of_type("AWS::IAM::Role")[name].get("ManagedPolicyArns", [])
    }
    assert pulling == {"ReceivePushRole", "ReceiveWebhookRole", "ScanImageRole", "AnalyzeLayerRole", "RescanRole"}
    assert "PullImagesPolicy" in deployed()
