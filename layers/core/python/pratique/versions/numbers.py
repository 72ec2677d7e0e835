"""Numbers inside string sort keys."""

from __future__ import annotations


def counted(digits: str) -> str:
    """Return ASCII ``digits`` so that strings compare as numbers do: how many there are, then the digits.

    Leading zeros do not count, and no digits are zero.
    """
    digits = digits.lstrip("0")
    return chr(len(digits)) + digits
