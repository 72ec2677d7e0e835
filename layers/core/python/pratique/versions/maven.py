"""Maven's version order, as `ComparableVersion` of Maven 3 has it, made total.

https://maven.apache.org/pom.html#version-order-specification

A hyphen, a change between letters and digits, and a qualifier after a dot open a list in the list.  A list is always
the last element, so a version is one flat row of tokens, and the opening of a list is a token itself.  Where a version
ends, the rest of a longer one is compared with nulls, which equal zeros and openings.

Maven's own comparison goes in circles (``1.x.1`` < ``1-alpha`` < ``1`` < ``1.x.1``).  Here every token knows on which
side of the end its version goes on, and that side decides first, as the specification's table has it.
"""

from __future__ import annotations

import re

from pratique.versions.maven_range import contains
from pratique.versions.numbers import counted
from pratique.versions.scheme import BLANK, Key, check_length, has_key, refuse

Token = str

_OPEN = "-"
_RUN = re.compile(r"[0-9]+|[^0-9.-]+|[.-]", re.ASCII)
_STAGES = {"alpha": "\x01", "beta": "\x02", "milestone": "\x03", "rc": "\x04", "cr": "\x04", "snapshot": "\x05"}
_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}
_SERVICE_PACK = "\x02"
_RELEASE = ("", "ga", "final", "release")

# At one place, from the lowest: a stage before the release, an opening and a zero with such a stage after them, the
# end, another qualifier, an opening and a zero with something higher after them, a number.  "Plain" qualifiers stand
# between dots or between a dot and a hyphen, where Maven opens no list for them.
_PLAIN_STAGE, _STAGE, _OPEN_BELOW, _ZERO_BELOW, _END = map(chr, range(1, 6))
_PLAIN_QUALIFIER, _QUALIFIER, _OPEN_ABOVE, _ZERO_ABOVE, _NUMBER = map(chr, range(6, 11))


def _flat(version: str) -> list[Token]:
    """Return the tokens: digits, words in lower case, and an opening for every list.

    A dot or hyphen where a token should be stands for a zero before it.
    """
    tokens: list[Token] = []
    expected = True  # a token, not a separator, comes next
    runs = _RUN.findall(version.lower())
    for index, run in enumerate(runs):
        if run in ".-":
            if expected:
                tokens.append("0")
            if run == "-":
                tokens.append(_OPEN)
            expected = True
            continue
        follower = runs[index + 1] if index + 1 < len(runs) else ""
        after_dot = index > 0 and runs[index - 1] == "."
        if not expected or (after_dot and not _is_number(run) and follower not in (".", "-")):
            tokens.append(_OPEN)
        tokens.append(_SHORT.get(run, run) if _is_number(follower) else run)
        expected = False
    return tokens


def _is_number(token: Token) -> bool:
    return "0" <= token[:1] <= "9"


def _is_null(token: Token) -> bool:
    return token in _RELEASE or not token.strip("0")


def _trimmed(tokens: list[Token]) -> list[Token]:
    """Return the tokens without the nulls before every opening and the end, and without empty lists."""
    kept: list[Token] = []
    for token in [*tokens, _OPEN]:
        if token == _OPEN:
            while kept and _is_null(kept[-1]):
                kept.pop()
        kept.append(token)
    while kept and (kept[-1] == _OPEN or _is_null(kept[-1])):
        kept.pop()
    return kept


def _place(token: Token, *, below: bool, plain: bool) -> str:
    """Return the part of the key for one token.

    ``below``: the first token from here on that is not null is a stage; ``plain``: no opening is before it.
    """
    if token == _OPEN:
        return _OPEN_BELOW if below else _OPEN_ABOVE
    if _is_number(token):
        if _is_null(token):
            return _ZERO_BELOW if below else _ZERO_ABOVE
        return _NUMBER + counted(token)
    if below:
        return (_PLAIN_STAGE if plain else _STAGE) + _STAGES.get(token, "\x06")
    return (_PLAIN_QUALIFIER if plain else _QUALIFIER) + _qualifier(token)


def _qualifier(token: Token) -> str:
    if token in _RELEASE:
        return "\x01"
    return _SERVICE_PACK if token == "sp" else "\x03" + token + "\0"  # noqa: S105 - a word of a version


def sort_key(version: str) -> Key:
    """Return a string that compares as the versions do.

    Maven reads any text; only blanks and control characters raise InvalidVersion.
    """
    check_length(version)
    if BLANK.search(version):
        refuse("maven", version, "it has a blank")
    tokens = _trimmed(_flat(version))
    places = [_END]
    below = False
    following = ""
    for token, before in zip(tokens[::-1], [_OPEN, *tokens][-2::-1], strict=True):
        if token != _OPEN and not _is_null(token):
            below = token in _STAGES
        if token != _OPEN or following == _OPEN or _is_number(following):
            places.append(_place(token, below=below, plain=before != _OPEN))
        following = token
    return "".join(reversed(places))


def is_valid(version: str) -> bool:
    """Return whether ``version`` has a place."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` lies in a set of intervals (``[1,2),[3,)``) or fulfils a list of comparators."""
    return contains(sort_key, range_text, version)
