from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.template.deployed import PROJECT, deployed, folder_of, functions, of_type, target

NAMES = sorted(functions())
ASYNCHRONOUS = {
    "receive_push", "scan_image", "rescan", "sweep_reports", "tick", "update_advisories", "rematch_images",
    "apply_allow_list", "hunt_samples", "apply_suppressions", "repair_counts",
}  # fmt: skip
DURABLE = {"scan_image", "rescan", "hunt_samples"}


def properties(name: str) -> Any:
    return functions()[name]


def test_functions_are_the_folders_and_the_events() -> None:
    folders = {path.parent.name for path in (PROJECT / "functions").glob("*/handler.py")}
    events = {path.stem for path in (PROJECT / "events").glob("*.json")}
    assert {folder_of(name) for name in NAMES} == folders == events


@pytest.mark.parametrize("name", NAMES)
def test_function_is_named_by_one_rule(name: str) -> None:
    folder = folder_of(name)
    assert name == "".join(word.capitalize() for word in folder.split("_")) + "Function"
    assert properties(name)["CodeUri"] == f"functions/{folder}/"
    assert properties(name)["FunctionName"] == {"Fn::Sub": "${AWS::StackName}-" + folder.replace("_", "-")}
    assert properties(name)["Description"]


@pytest.mark.parametrize("name", NAMES)
def test_function_has_a_role_and_a_log_group_of_its_own(name: str) -> None:
    subject = name.removesuffix("Function")
    assert target(properties(name)["Role"]) == f"{subject}Role"
    group = deployed()[target(properties(name)["LoggingConfig"]["LogGroup"])]
    assert group["Properties"]["LogGroupName"]["Fn::Sub"].endswith(folder_of(name).replace("_", "-"))
    assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize("name", NAMES)
def test_function_has_an_alarm_on_its_failures(name: str) -> None:
    alarms = [
        alarm["MetricName"]
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm.get("Dimensions") == [{"Name": "FunctionName", "Value": {"Ref": name}}]
    ]
    assert ("DurableExecutionFailed" if folder_of(name) in DURABLE else "Errors") in alarms


@pytest.mark.parametrize("name", NAMES)
def test_asynchronous_function_keeps_what_it_failed_on(name: str) -> None:
    queue = properties(name).get("DeadLetterQueue")
    if folder_of(name) not in ASYNCHRONOUS:
        assert queue is None
        return
    assert queue["Type"] == "SQS"
    assert deployed()[target(queue["TargetArn"])]["Type"] == "AWS::SQS::Queue"


def test_every_queue_has_an_alarm() -> None:
    watched = {
        target(alarm["Dimensions"][0]["Value"])
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm.get("Namespace") == "AWS/SQS"
    }
    assert watched == set(of_type("AWS::SQS::Queue"))


@pytest.mark.parametrize("name", NAMES)
def test_durable_function_is_durable_and_invoked_by_its_alias(name: str) -> None:
    durable = properties(name).get("DurableConfig")
    if folder_of(name) not in DURABLE:
        assert durable is None
        return
    assert 0 < durable["ExecutionTimeout"] <= 366 * 86400
    assert 1 <= durable["RetentionPeriodInDays"] <= 90
    assert properties(name)["AutoPublishAlias"] == "live"
    assert properties(name)["AutoPublishAliasAllProperties"] is True


def test_durable_functions_are_never_named_without_their_alias() -> None:
    for name in NAMES:
        variables = properties(name).get("Environment", {}).get("Variables", {})
        for variable, value in variables.items():
            if variable in {
                "PRATIQUE_SCAN_IMAGE_FUNCTION",
                "PRATIQUE_RESCAN_FUNCTION",
                "PRATIQUE_HUNT_SAMPLES_FUNCTION",
            }:
                assert value["Fn::Sub"].endswith(":live"), (name, variable)


def test_no_environment_variable_holds_a_secret() -> None:
    text = json.dumps({name: functions()[name].get("Environment", {}) for name in NAMES})
    assert "resolve:secretsmanager" not in text
    assert "resolve:ssm" not in text
    for variable in re.findall(r'"(PRATIQUE_\w*(?:SECRET|KEY|TOKEN|PASSWORD)\w*)"', text):
        assert variable.endswith("_ARN")


def test_layers_are_read_with_room_and_time() -> None:
    reader = properties("AnalyzeLayerFunction")
    assert reader["MemorySize"] >= 2048
    assert reader["Timeout"] == 900
    assert reader["Environment"]["Variables"] == {"PRATIQUE_LIMITS": {"Ref": "LayerLimits"}}
    assert {"Ref": "RulesLayer"} in reader["Layers"]


def test_stream_feeds_counts_and_keeps_what_failed() -> None:
    (event,) = properties("AggregateFindingsFunction")["Events"].values()
    source = event["Properties"]
    assert target(source["Stream"]) == "FindingsTable"
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["BisectBatchOnFunctionError"] is True
    assert target(source["DestinationConfig"]["OnFailure"]["Destination"]) == "AggregateFindingsQueue"
    (wanted,) = source["FilterCriteria"]["Filters"]
    assert json.loads(wanted["Pattern"]) == {
        "dynamodb": {"Keys": {"PK": {"S": [{"prefix": "IMG#"}]}, "SK": {"S": ["META"]}}}
    }


def test_rule_takes_pushes_and_deletions() -> None:
    (event,) = properties("ReceivePushFunction")["Events"].values()
    pattern = event["Properties"]["Pattern"]
    sample = json.loads((PROJECT / "events" / "receive_push.json").read_text())
    assert sample["source"] in pattern["source"]
    assert sample["detail-type"] in pattern["detail-type"]
    assert pattern["detail"]["action-type"] == ["PUSH", "DELETE"]
    assert sample["detail"]["action-type"] in pattern["detail"]["action-type"]


def test_every_event_that_cannot_be_delivered_is_kept() -> None:
    for name in NAMES:
        for event in properties(name).get("Events", {}).values():
            if event["Type"] in {"Schedule", "EventBridgeRule"}:
                assert target(event["Properties"]["DeadLetterConfig"]["Arn"]) == "UndeliveredEventsQueue"
