"""Finding names by what people type: parts of words, several words, one typing error, any case."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence

_SHORTEST_FUZZY = 4
_MAX_WORDS = 8
_LONGEST_WORD = 64
# Beyond so many places in the text a loop over the parts is quicker.
_FEW = 5000
_ANY = "[^\\n]"


class NameSearch:
    """Searches one list of names, which is folded once and searched many times.

    Names are taken apart at spaces, for no word that is searched holds one.  The distinct parts are kept as lines of
    one text: looking for a piece in it is one pass of machine code, where a loop over 300,000 names is not.
    """

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        """Take what each key is called: its id, other ids, a title."""
        parts: dict[str, list[str]] = {}
        for key, texts in names.items():
            for part in " ".join(texts).casefold().split():
                parts.setdefault(part, []).append(key)
        self._all = frozenset(names)
        self._parts = tuple(parts)
        self._keys = tuple(parts.values())
        self._text = "\n".join(self._parts)
        lengths = (len(part) + 1 for part in self._parts)
        self._starts = list(itertools.accumulate(lengths, initial=0))

    def matching(self, wanted: str) -> frozenset[str]:
        """Return the keys of which every word of ``wanted`` is a part.

        A word of four letters or more that is a part of no name at all may be one letter wrong: missing, too many,
        another one, or changed places with the next.
        """
        found = self._all
        for word in wanted.casefold().split()[:_MAX_WORDS]:
            lines = self._with(word[:_LONGEST_WORD])
            found = found.intersection(itertools.chain.from_iterable(self._keys[line] for line in lines))
        return found

    def _with(self, word: str) -> Collection[int]:
        """Return the lines of the parts that hold ``word``, exactly or, where none does, with one error."""
        few = list(itertools.islice(self._places(word), _FEW))
        if len(few) == _FEW:
            return [line for line, part in enumerate(self._parts) if word in part]
        if few or len(word) < _SHORTEST_FUZZY:
            return {self._line(place) for place in few}
        return self._nearly(word)

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
