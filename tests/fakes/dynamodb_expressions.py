"""The part of DynamoDB's expression language that pratique uses, evaluated on items of the service's API.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Attributes = dict[str, Any]

_TOKEN = re.compile(r"\s*(<=|>=|<>|[#:]?\w+|[(),=<>])")


def _order(value: Mapping[str, Any]) -> Any:
    ((kind, inner),) = value.items()
    return int(inner) if kind == "N" else inner.encode() if kind == "S" else inner


class Condition:
    """A condition or key condition."""

    def __init__(self, text: str, names: Mapping[str, str], values: Mapping[str, Any]) -> None:
        self._tokens = _TOKEN.findall(text)
        self._names = names
        self._values = values
        self._at = 0

    def holds(self, item: Attributes) -> bool:
        self._at = 0
        result = self._either(item)
        assert self._at == len(self._tokens), f"not understood: {self._tokens[self._at :]}"
        return result

    def _next(self) -> str:
        self._at += 1
        token: str = self._tokens[self._at - 1]
        return token

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _either(self, item: Attributes) -> bool:
        result = self._both(item)
        while self._peek() == "OR":
            self._next()
            right = self._both(item)
            result = result or right
        return result

    def _both(self, item: Attributes) -> bool:
        result = self._single(item)
        while self._peek() == "AND":
            self._next()
            right = self._single(item)
            result = result and right
        return result

    def _single(self, item: Attributes) -> bool:
        token = self._next()
        if token == "(":
            result = self._either(item)
            assert self._next() == ")"
            return result
        if token in {"attribute_exists", "attribute_not_exists", "begins_with"}:
            return self._function(token, item)
        return self._comparison(token, item)

    def _function(self, function: str, item: Attributes) -> bool:
        assert self._next() == "("
        name = self._names[self._next()]
        if function == "begins_with":
            assert self._next() == ","
            prefix = self._values[self._next()]["S"]
            assert self._next() == ")"
            return name in item and item[name]["S"].startswith(prefix)
        assert self._next() == ")"
        return (name in item) == (function == "attribute_exists")

    def _comparison(self, token: str, item: Attributes) -> bool:
        left = item.get(self._names[token])
        operator = self._next()
        right = self._values[self._next()]
        if operator == "BETWEEN":
            assert self._next() == "AND"
            last = self._values[self._next()]
            return left is not None and _order(right) <= _order(left) <= _order(last)
        if left is None:
            return False
        pair = _order(left), _order(right)
        return bool(
            {
                "=": pair[0] == pair[1],
                "<": pair[0] < pair[1],
                "<=": pair[0] <= pair[1],
                ">": pair[0] > pair[1],
                ">=": pair[0] >= pair[1],
            }[operator]
        )


def updated(item: Attributes, text: str, names: Mapping[str, str], values: Mapping[str, Any]) -> Attributes:
    """Return ``item`` after an update expression of SET, REMOVE and ADD clauses."""
    result = dict(item)
    for clause, body in re.findall(r"\b(SET|REMOVE|ADD)\b(.*?)(?=\bSET\b|\bREMOVE\b|\bADD\b|$)", text, re.DOTALL):
        for part in (part.strip() for part in body.split(",")):
            name = names[part.split()[0]]
            match clause:
                case "SET":
                    result[name] = values[part.split("=")[1].strip()]
                case "REMOVE":
                    result.pop(name, None)
                case "ADD":
                    before = int(result.get(name, {"N": "0"})["N"])
                    result[name] = {"N": str(before + int(values[part.split()[1]]["N"]))}
    return result
