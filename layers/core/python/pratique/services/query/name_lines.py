"""Names as text in which machine code looks for words: a loop over 300,000 names would be too slow.

Each name is a line.  A second text holds each distinct part of the names (what spaces leave) on a line of its own: it
is a third as long, and what stands in it is soon found.
"""

from __future__ import annotations

import itertools
import operator
import string
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

_SAMPLE_PARTS = 4096
_LETTERS = f"{string.ascii_lowercase}{string.digits}-"


class NameLines:
    """The lines of a list of names, which are numbered in its order."""

    def __init__(self, names: Iterable[Sequence[str]]) -> None:
        """Take what each name consists of."""
        self.lines = tuple(" ".join(texts).casefold() for texts in names)
        holders: dict[str, int | list[int]] = {}
        for number, line in enumerate(self.lines):
            for part in line.split():
                known = holders.get(part)
                if known is None:
                    holders[part] = number
                elif isinstance(known, int):
                    holders[part] = [known, number]
                else:
                    known.append(number)
        self._starts = array("I", itertools.accumulate((len(part) + 1 for part in holders), initial=0))
        self.text = "\n".join(holders)
        self.sample = "\n".join(itertools.islice(holders, None, None, len(holders) // _SAMPLE_PARTS + 1))
        # The line of each part that stands in one line only, else its first line, and all lines of the others.
        self._first = array("I", (held if isinstance(held, int) else held[0] for held in holders.values()))
        self._shared = {part: held for part, held in enumerate(holders.values()) if not isinstance(held, int)}
        self._letters = {letter: self._marks(letter) for letter in ("", *_LETTERS)}

    def places(self, word: str) -> Iterator[int]:
        """Yield where the text of parts holds ``word``."""
        place = self.text.find(word)
        while place >= 0:
            yield place
            place = self.text.find(word, place + 1)

    def at(self, places: Iterable[int]) -> set[int]:
        """Return the numbers of the lines that have the parts at these places of the text of parts."""
        parts = {bisect_right(self._starts, place) - 1 for place in places}
        found = set(map(self._first.__getitem__, parts))
        shared = self._shared
        found.update(*(shared[part] for part in parts if part in shared))
        return found

    def marks(self, word: str) -> int:
        """Return a number with one byte for each line, the first one lowest: 1 where it holds ``word``, else 0."""
        return self._letters[word] if word in self._letters else self._marks(word)

    def marked(self, marks: int, values: Iterable[T]) -> list[T]:
        """Return those of ``values``, one for each line in their order, whose line is marked."""
        return list(itertools.compress(values, self._bytes(marks)))

    def also(self, marks: int, numbers: Collection[int]) -> Collection[int]:
        """Return those of some lines' numbers that are marked."""
        if marks == self._letters[""]:
            return numbers
        marked = self._bytes(marks)
        return [number for number in numbers if marked[number]]

    def _bytes(self, marks: int) -> bytes:
        return marks.to_bytes(len(self.lines), "little")

    def _marks(self, word: str) -> int:
        return int.from_bytes(bytes(map(operator.contains, self.lines, itertools.repeat(word))), "little")
