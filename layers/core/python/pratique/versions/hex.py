"""Elixir's version order and requirements.

https://hexdocs.pm/elixir/Version.html
"""

from __future__ import annotations

import re

from pratique.errors import InvalidVersion
from pratique.versions.comparators import holds, order_of
from pratique.versions.scheme import Key, has_key
from pratique.versions.semver import Parsed, strict_key

_TERM = re.compile(r"\s*(==|!=|!|>=|<=|>|<|~>)?\s*([^\s<>=!~]+)\s*", re.ASCII)
_OR, _AND = re.compile(r"\s+or\s+"), re.compile(r"\s+and\s+")
_TWO_NUMBERS = re.compile(r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?=$|[-+])", re.ASCII)


def sort_key(version: str) -> Key:
    """Return ``(numbers, pre-release)``; raises InvalidVersion unless it is strict Semantic Versioning."""
    return strict_key("hex", version)


def is_valid(version: str) -> bool:
    """Return whether Elixir parses ``version``."""
    return has_key(sort_key, version)


def _approximately(operand: str, version: Parsed) -> bool:
    """Return what ``~>`` says: at least the operand, and below every pre-release of the next version.

    "~> 2.0.0" is ">= 2.0.0 and < 2.1.0"; "~> 2.1" is ">= 2.1.0 and < 3.0.0".
    """
    match = _TWO_NUMBERS.match(operand)
    low = strict_key("hex", operand if match is None else f"{match[0]}.0{operand[match.end() :]}")
    major, minor, _patch = low[0]
    end = (major, minor + 1, 0) if match is None else (major + 1, 0, 0)
    return low <= version < (end, ((0, 0),))


def _fulfils(term: str, version: Parsed) -> bool:
    match = _TERM.fullmatch(term)
    if match is None:
        raise InvalidVersion(f"{term[:100]!r} is not an Elixir version requirement")
    operator, operand = match.groups()
    if operator == "~>":
        return _approximately(operand, version)
    return holds("!=" if operator == "!" else operator or "==", order_of(version, strict_key("hex", operand)))


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` matches a requirement with ``and`` and ``or``; pre-releases may match."""
    key = strict_key("hex", version)
    groups = [[_fulfils(term, key) for term in _AND.split(group)] for group in _OR.split(range_text)]
    return any(all(group) for group in groups)
