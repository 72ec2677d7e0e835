"""RubyGems' version order and requirements.

https://docs.ruby-lang.org/en/master/Gem/Version.html and https://guides.rubygems.org/patterns/#declaring-dependencies
"""

from __future__ import annotations

import re

from pratique.errors import InvalidVersion
from pratique.versions.comparators import holds, order_of, terms_of
from pratique.versions.padded import padded_key
from pratique.versions.scheme import Key, check_length, has_key, refuse

Segments = list[int | str]

_VERSION = re.compile(r"\s*([0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)\s*", re.ASCII)
_SEGMENT = re.compile(r"[0-9]+|[a-z]+", re.ASCII | re.IGNORECASE)
_TERM = re.compile(r"\s*(=|!=|>=|<=|~>|>|<)?\s*([^\s,<>=!~]+)(?=[\s,]|$)\s*,?")


def _segments(version: str) -> Segments:
    """Return the numbers and words of ``version``; a hyphen stands for ``.pre.``."""
    check_length(version)
    match = _VERSION.fullmatch(version)
    if match is None:
        refuse("gem", version)
    words = _SEGMENT.findall(match[1].replace("-", ".pre."))
    return [int(word) if word.isdigit() else word for word in words]


def _release(segments: Segments) -> Segments:
    """Return the numbers before the first word."""
    end = next((index for index, segment in enumerate(segments) if isinstance(segment, str)), len(segments))
    return segments[:end]


def _key(segments: Segments) -> Key:
    """Return the key: a word is before a number, and zeros at the end of the numbers do not count."""
    numbers = _release(segments)
    rest = segments[len(numbers) :]
    while numbers and not numbers[-1]:
        numbers.pop()
    return padded_key(numbers + rest)


def sort_key(version: str) -> Key:
    """Return the key of ``version``; raises InvalidVersion for what RubyGems calls malformed."""
    return _key(_segments(version))


def is_valid(version: str) -> bool:
    """Return whether RubyGems accepts ``version``."""
    return has_key(sort_key, version)


def _approximately(wanted: Segments, version: Segments) -> bool:
    """Return what ``~>`` says: at least the operand, and its release below the next one.

    The next one drops the last number and adds one to what is then last: ``~> 2.2.1`` ends before 2.3.
    """
    numbers = [segment for segment in _release(wanted) if isinstance(segment, int)]
    if len(numbers) > 1:
        numbers.pop()
    end: Segments = [*numbers[:-1], numbers[-1] + 1]
    return not _key(version) < _key(wanted) and _key(_release(version)) < _key(end)


def _fulfils(operator: str, operand: str, version: Segments) -> bool:
    wanted = _segments(operand)
    if operator == "~>":
        return _approximately(wanted, version)
    return holds(operator, order_of(_key(version), _key(wanted)))


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` fulfils every requirement of a comma-separated list; ``||`` means "or"."""
    segments = _segments(version)
    if not range_text.strip():
        raise InvalidVersion("a gem requirement is empty")
    groups = [
        [_fulfils(operator, operand, segments) for operator, operand in terms_of(group, _TERM)]
        for group in range_text.split("||")
    ]
    return any(all(group) for group in groups)
