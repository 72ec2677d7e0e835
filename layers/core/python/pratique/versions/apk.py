"""Alpine's version order: ``digit{.digit}...{letter}{_suffix{#}}...{~hash}{-r#}``, as apk-tools 3 has it.

https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd
"""

from __future__ import annotations

import re

from pratique.versions.comparators import holds, order_of, terms_of
from pratique.versions.numbers import counted
from pratique.versions.scheme import BLANK, Key, check_length, has_key, refuse

_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*", re.ASCII)
_SUFFIX = re.compile(r"_(alpha|beta|pre|rc|cvs|svn|git|hg|p)(?![a-z])([0-9]*)", re.ASCII)
_HASH = re.compile(r"~([0-9a-fA-F]+)", re.ASCII)
_REVISION = re.compile(r"-r([0-9]+)", re.ASCII)
_TERM = re.compile(r"\s*([<>=!]=?~?|~=?|==)?\s*([^\s,<>=!|]+)\s*,?")

# Which kind of token comes first where two versions differ in kind: a suffix that means "before the release" is
# lowest, then what is malformed, the end, and the rest from the back of the grammar to its front.
_PRE = {"alpha": "\x01", "beta": "\x02", "pre": "\x03", "rc": "\x04"}
_MALFORMED, _END, _REVISION_MARK, _HASH_MARK, _SUFFIX_NUMBER = "\x05", "\x06", "\x07", "\x08", "\x09"
_POST = {"cvs": "\x0a", "svn": "\x0b", "git": "\x0c", "hg": "\x0d", "p": "\x0e"}
_LETTER, _DIGITS = "\x0f", "\x10"
_SUFFIXES = _PRE | _POST


def _head(version: str, position: int) -> tuple[list[str], int]:
    """Return the tokens of the dotted numbers and the letter at ``position``, and where they end."""
    match = _NUMBERS.match(version, position)
    if match is None:
        return [], position
    first, *others = match[0].split(".")
    # A later number with a leading zero compares as text, so below every number without one.
    tokens = [counted(first)]
    tokens += [_DIGITS + ("\x01" + digits if digits[0] == "0" else "\x02" + counted(digits)) for digits in others]
    position = match.end()
    if "a" <= version[position : position + 1] <= "z":
        tokens.append(_LETTER + version[position])
        position += 1
    return tokens, position


def _tail(version: str, position: int) -> tuple[list[str], int]:
    """Return the tokens after the numbers and letter, and where the well-formed part ends."""
    tokens = []
    while match := _SUFFIX.match(version, position):
        tokens.append(_SUFFIXES[match[1]])
        if match[2]:
            tokens.append(_SUFFIX_NUMBER + counted(match[2]))
        position = match.end()
    if match := _HASH.match(version, position):
        tokens.append(_HASH_MARK + match[1])
        position = match.end()
    if match := _REVISION.match(version, position):
        tokens.append(_REVISION_MARK + counted(match[1]))
        position = match.end()
    return tokens, position


def _tokens(version: str) -> tuple[str, bool]:
    """Return the tokens as one string that compares as apk compares, and whether the version is well formed."""
    check_length(version)
    if BLANK.search(version):
        refuse("apk", version, "it has a blank")
    tokens, position = _head(version, 0)
    well_formed = bool(tokens)
    while "0" <= version[position : position + 1] <= "9":
        # apk 3 stops at `6p1`, apk 2 read on: what apk 3 leaves equal is ordered as apk 2 did.
        more, position = _head(version, position)
        tokens += [_MALFORMED, *more]
        well_formed = False
    in_numbers = not tokens or version[position : position + 1] == "."
    tail, position = _tail(version, position)
    tokens += tail
    if position == len(version):
        return "".join(tokens) + _END, well_formed
    # apk calls two versions equal that are malformed from the same place on.  Where the numbers themselves are,
    # the texts are compared, so that `1.r1` stays before `1.r2`.
    return "".join(tokens) + _MALFORMED + (version[position:] if in_numbers else ""), False


def sort_key(version: str) -> Key:
    """Return the key of ``version``.

    Malformed versions have their place before the well-formed ones that begin alike, as in apk; only blanks and
    control characters raise InvalidVersion.
    """
    return _tokens(version)[0]


def is_valid(version: str) -> bool:
    """Return whether ``version`` is well formed."""
    return has_key(sort_key, version) and _tokens(version)[1]


def _fulfils(operator: str, version: str, operand: str) -> bool:
    left, right = _tokens(version)[0], _tokens(operand)[0]
    if "~" not in operator:
        return holds(operator, order_of(left, right))
    prefix = right.removesuffix(_END)
    # The operand's last token must end where the version's does: the next character begins a token.
    if left.startswith(prefix) and left[len(prefix) : len(prefix) + 1] <= _DIGITS:
        return True
    return holds(operator.replace("~", ""), order_of(left, right))


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils a list of comparators.

    ``~`` is apk's fuzzy comparison: the version begins with the whole operand, or, in ``>~`` and ``<~``, is
    beyond it.
    """
    groups = [
        [_fulfils(op, version, operand) for op, operand in terms_of(group, _TERM)] for group in range_text.split("||")
    ]
    return any(all(group) for group in groups)
