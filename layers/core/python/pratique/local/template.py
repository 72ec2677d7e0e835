"""The deployed template, read by the local system: its tables and its bucket are made from what is deployed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pratique.errors import InvalidValue

_FUNCTION = "AWS::Serverless::Function"
_TABLE_PROPERTIES = (
    "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema", "LocalSecondaryIndexes",
    "ProvisionedThroughput",
)  # fmt: skip


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short functions (``!Ref X``), kept as mappings: ``{"Ref": "X"}``."""


def _function(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    match node:
        case yaml.ScalarNode():
            return {name: loader.construct_scalar(node)}
        case yaml.SequenceNode():
            return {name: loader.construct_sequence(node, deep=True)}
        case yaml.MappingNode():
            return {name: loader.construct_mapping(node, deep=True)}
    raise InvalidValue(f"a template function {suffix} has no value")


_Loader.add_multi_constructor("!", _function)


def resources(template: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the template's resources by logical id, CloudFormation functions kept as mappings."""
    found: Mapping[str, Mapping[str, Any]] = _document(template)["Resources"]
    return found


def memory_sizes(template: Path) -> Mapping[str, int]:
    """Return the megabytes of memory that each function has, by its folder's name."""
    document = _document(template)
    usual = int(document["Globals"]["Function"]["MemorySize"])
    functions = (one["Properties"] for one in document["Resources"].values() if one["Type"] == _FUNCTION)
    return {Path(one["CodeUri"]).name: int(one.get("MemorySize", usual)) for one in functions}


def _document(template: Path) -> Mapping[str, Any]:
    document: Mapping[str, Any] = yaml.load(template.read_text(), Loader=_Loader)  # noqa: S506 - a safe loader with more tags
    return document


def table_definitions(template: Path) -> list[dict[str, Any]]:
    """Return the arguments of ``create_table`` for each table, ``TableName`` being its logical id.

    Raises InvalidValue where the template has none.
    """
    tables = [
        _table(name, resource["Properties"])
        for name, resource in resources(template).items()
        if resource["Type"] == "AWS::DynamoDB::Table"
    ]
    if not tables:
        raise InvalidValue(f"{template.name} has no table")
    return tables


def _table(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    definition = {key: properties[key] for key in _TABLE_PROPERTIES if key in properties}
    stream = properties.get("StreamSpecification")
    if stream:
        definition["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": stream["StreamViewType"]}
    return {"TableName": name, **definition}
