"""Finding names by what people type: parts of words, several words, one typing error, any case."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

_SHORTEST_FUZZY = 4
_MAX_WORDS = 8
_LONGEST_WORD = 64
_ANY = "[^\\n]"


class NameSearch:
    """Searches one list of names, which is folded once and searched many times.

    All names are kept as lines of one text as well: looking for a rare piece in it is one pass of machine code,
    where a loop over 300,000 names is not.
    """

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        """Take what each key is called: its id, other ids, a title."""
        self._keys = tuple(names)
        self._folded = ["\t".join(texts).replace("\n", " ").casefold() for texts in names.values()]
        self._text = "\n".join(self._folded)
        self._starts: list[int] = []

    def matching(self, wanted: str) -> frozenset[str]:
        """Return the keys of which every word of ``wanted`` is a part.

        A word of four letters or more that is a part of no name at all may be one letter wrong: missing, too many,
        another one, or changed places with the next.
        """
        lines: Iterable[int] | None = None
        for word in wanted.casefold().split()[:_MAX_WORDS]:
            lines = self._with(word[:_LONGEST_WORD], lines)
        return frozenset(self._keys if lines is None else (self._keys[line] for line in lines))

    def _with(self, word: str, among: Iterable[int] | None) -> list[int]:
        if word in self._text:
            if among is None:
                return [line for line, text in enumerate(self._folded) if word in text]
            return [line for line in among if word in self._folded[line]]
        if len(word) < _SHORTEST_FUZZY:
            return []
        nearly = self._nearly(word)
        return sorted(nearly if among is None else nearly & set(among))

    def _nearly(self, word: str) -> set[int]:
        """Return the lines that hold ``word`` with one error.

        One error leaves one half of a word as it is, unless it swaps the two letters in the middle.
        """
        middle = len(word) // 2
        left, right = word[:middle], word[middle:]
        behind = re.compile("|".join(_one_error(right)))
        before = re.compile(f"(?:{'|'.join(_one_error(left))})\\Z")
        reach = len(left) + 1
        found = {self._line(place) for place in self._places(left) if behind.match(self._text, place + len(left))}
        found |= {
            self._line(place)
            for place in self._places(right)
            if before.search(self._text[max(0, place - reach) : place])
        }
        swapped = left[:-1] + right[0] + left[-1] + right[1:]
        return found | {self._line(place) for place in self._places(swapped)}

    def _places(self, piece: str) -> Iterator[int]:
        place = self._text.find(piece)
        while place >= 0:
            yield place
            place = self._text.find(piece, place + 1)

    def _line(self, place: int) -> int:
        if not self._starts:
            start = 0
            for text in self._folded:
                self._starts.append(start)
                start += len(text) + 1
        return bisect_right(self._starts, place) - 1


def _one_error(piece: str) -> list[str]:
    """Return patterns for every text that is one error away from ``piece``."""
    letters = [re.escape(letter) for letter in piece]
    patterns = []
    for index in range(len(letters)):
        before, after = letters[:index], letters[index + 1 :]
        patterns.append("".join((*before, *after)))
        patterns.append("".join((*before, _ANY, *after)))
        patterns.append("".join((*before, _ANY, letters[index], *after)))
        if after:
            patterns.append("".join((*before, after[0], letters[index], *after[1:])))
    return patterns
