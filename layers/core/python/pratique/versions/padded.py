"""Keys of lists in which a missing element counts as zero and a word as less than zero."""

from __future__ import annotations

from collections.abc import Sequence

from pratique.versions.scheme import Key

_END = (1, 0, 0)


def padded_key(elements: Sequence[int | str]) -> Key:
    """Return a tuple that compares as the elements do with zeros without end after them.

    Each run of zeros is taken into the element that follows it: before a word it keeps the list further below
    its end the shorter the run is, before a number further above.  Words compare in ASCII order.
    """
    key: list[tuple[int, int, int | str]] = []
    zeros = 0
    for element in elements:
        if element == 0:
            zeros += 1
            continue
        key.append((0, zeros, element) if isinstance(element, str) else (2, -zeros, element))
        zeros = 0
    key.append(_END)
    return tuple(key)
