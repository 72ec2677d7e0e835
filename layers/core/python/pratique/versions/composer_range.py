"""Composer's constraints: comparators, hyphens, wildcards, tildes and carets.

https://getcomposer.org/doc/articles/versions.md#writing-version-constraints
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pratique.errors import InvalidVersion
from pratique.versions.comparators import holds, order_of
from pratique.versions.composer_text import ALIAS, STABILITY, normalize, php_key

Bound = tuple[str, str]
"""An operator and a normalised version."""

_FLAGS = re.ASCII | re.IGNORECASE
_VERSION = rf"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:\.([0-9]+))?(?:{STABILITY}|\.([x*][.-]?dev))(?:\+\S+)?"
_ANY = re.compile(r"(v)?[x*](\.[x*])*", _FLAGS)
_TILDE = re.compile(rf"~{_VERSION}", _FLAGS)
_CARET = re.compile(rf"\^{_VERSION}", _FLAGS)
_WILDCARD = re.compile(r"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:\.[x*])+", _FLAGS)
_HYPHEN = re.compile(rf"({_VERSION}) +- +({_VERSION})", _FLAGS)
_COMPARISON = re.compile(r"(<>|!=|>=?|<=?|==?)?\s*(.*)", _FLAGS)
_STABILITY_END = re.compile(rf"-{STABILITY}$", _FLAGS)
_FLAGGED = re.compile(r"([^,\s]*?)@(stable|rc|beta|alpha|dev)", _FLAGS)
_REFERENCE = re.compile(r"(dev-[^,\s@]+?|[^,\s@]+?\.x-dev)#.+", _FLAGS)
_BRANCH_DEV = re.compile(r"[0-9a-zA-Z./-]+-dev", re.ASCII)
_OR = re.compile(r"\s*\|\|?\s*")
_AND = re.compile(r"(?<!^)(?<!as)(?<![=>< ,]) *(?<!-)[, ](?!-) *(?!,|as|$)", _FLAGS)


def _raised(numbers: Sequence[str], place: int, by: int) -> str:
    """Return four numbers: those before ``place`` kept, the one at it raised, zeros after it; a pre-release of all."""
    kept = [int(number or 0) for number in numbers[:place]]
    kept[-1] += by
    return ".".join(map(str, [*kept, 0, 0, 0][:4])) + "-dev"


def _lowest(text: str, parts: Sequence[str]) -> str:
    """Return the normal form of ``text``, and where that names no stability its lowest pre-release."""
    return normalize(text if parts[4] or parts[6] or parts[7] else text + "-dev")


def _given(parts: Sequence[str]) -> int:
    return next((place for place in range(4, 0, -1) if parts[place - 1]), 1)


def _tilde(text: str, parts: Sequence[str]) -> list[Bound]:
    place = _given(parts) + (1 if parts[7] else 0)
    return [(">=", _lowest(text[1:], parts)), ("<", _raised(parts, max(1, place - 1), 1))]


def _caret(text: str, parts: Sequence[str]) -> list[Bound]:
    if parts[0] != "0" or not parts[1]:
        place = 1
    elif parts[1] != "0" or not parts[2]:
        place = 2
    else:
        place = 3
    return [(">=", _lowest(text[1:], parts)), ("<", _raised(parts, place, 1))]


def _wildcard(parts: Sequence[str]) -> list[Bound]:
    place = next(place for place in range(3, 0, -1) if parts[place - 1])
    low, end = _raised(parts, place, 0), _raised(parts, place, 1)
    return [("<", end)] if low == "0.0.0.0-dev" else [(">=", low), ("<", end)]


def _hyphen(match: re.Match[str]) -> list[Bound]:
    groups = match.groups(default="")
    low, low_parts, high, high_parts = groups[0], groups[1:9], groups[9], groups[10:18]
    names_stability = low_parts[4] or low_parts[6] or low_parts[7]
    bounds = [(">=", normalize(low) + ("" if names_stability else "-dev"))]
    if (high_parts[1] and high_parts[2]) or high_parts[4] or high_parts[6] or high_parts[7]:
        return [*bounds, ("<=", normalize(high))]
    return [*bounds, ("<", _raised(high_parts, 2 if high_parts[1] else 1, 1))]


def _operand(text: str) -> str:
    """Return the normal form of a comparator's version; ``name-dev`` may stand for the branch ``dev-name``."""
    try:
        return normalize(text)
    except InvalidVersion:
        if not _BRANCH_DEV.fullmatch(text):
            raise
        return normalize(f"dev-{text[:-4]}")


def _comparison(text: str, flag: str) -> list[Bound]:
    match = _COMPARISON.fullmatch(text)
    operator, operand = match.groups(default="") if match else ("", "")
    if not operand:
        raise InvalidVersion(f"{text[:100]!r} is not a Composer constraint")
    version = _operand(operand)
    stability = version.partition("-")[2]
    is_stable = not stability or (stability.startswith("patch") and not stability.endswith("dev"))
    if operator not in ("", "=", "==") and flag and is_stable:
        version += f"-{flag}"
    elif operator in ("<", ">=") and not _STABILITY_END.search(operand) and not operand.startswith("dev-"):
        version += "-dev"
    return [("!=" if operator == "<>" else operator or "=", version)]


def _bounds(text: str) -> list[Bound]:
    """Return what one constraint between commas or blanks stands for; an empty list accepts everything."""
    flag = ""
    if match := ALIAS.fullmatch(text):
        text = match[1]
    if match := _FLAGGED.fullmatch(text):
        text, flag = match[1] or "*", match[2].lower().removeprefix("stable")
    if match := _REFERENCE.fullmatch(text):
        text = match[1]
    if match := _ANY.fullmatch(text):
        return [(">=", "0.0.0.0-dev")] if match[1] or match[2] else []
    if match := _TILDE.fullmatch(text):
        return _tilde(text, match.groups(default=""))
    if match := _CARET.fullmatch(text):
        return _caret(text, match.groups(default=""))
    if match := _WILDCARD.fullmatch(text):
        return _wildcard(match.groups(default=""))
    if match := _HYPHEN.fullmatch(text):
        return _hyphen(match)
    return _comparison(text, flag)


def _accepts(bound: Bound, version: str) -> bool:
    operator, operand = bound
    if "dev-" in (operand[:4], version[:4]):
        # Branches have no order among numbers: a constraint can only name one or leave it out.
        return (operand == version) == (operator != "!=") if operator in ("=", "==", "!=") else False
    return holds(operator, order_of(php_key(version), php_key(operand)))


def satisfies(range_text: str, version: str) -> bool:
    """Return whether ``version`` satisfies the constraint; raises InvalidVersion where either is malformed."""
    normalized = normalize(version)
    groups = [
        [bound for part in _AND.split(group) for bound in _bounds(part.strip())]
        for group in _OR.split(range_text.strip())
    ]
    return any(all(_accepts(bound, normalized) for bound in group) for group in groups)
