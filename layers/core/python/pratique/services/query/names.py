"""Finding names by what people type: parts of words, several words, one typing error, any case."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Collection, Mapping, Sequence

from pratique.services.query.name_lines import NameLines
from pratique.services.query.typing_errors import one_error_away

_SHORTEST_FUZZY = 4
_MAX_WORDS = 8
_LONGEST_WORD = 64
_SAMPLE_LINES = 512
# A word in more than this share of the names is sooner marked in all of them than looked up.
_COMMON = 0.5
_FEW_PLACES = 20_000
# Marks of less than this share are taken for what they are: the names left.
_FEW = 0.3


class NameSearch:
    """Searches one list of names, which is folded once and searched many times."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        """Take what each key is called: its id, other ids, a title."""
        self._keys = tuple(names)
        self._lines = NameLines(names.values())
        self._sample = self._lines.lines[:: len(names) // _SAMPLE_LINES + 1]

    def matching(self, wanted: str) -> Sequence[str]:
        """Return the keys of which every word of ``wanted`` is a part, in no order.

        A word of four letters or more that is a part of no name at all may be one letter wrong: missing, too many,
        another one, or changed places with the next.
        """
        words = dict.fromkeys(word[:_LONGEST_WORD] for word in wanted.casefold().split()[:_MAX_WORDS])
        lines, marks = self._lines, self._lines.marks("")
        found: Collection[int] | None = None
        for word in (word for word in words if len(word) == 1):
            marks &= lines.marks(word)
        share = {word: self._share(word) for word in words if len(word) > 1}
        for word in sorted(share, key=share.__getitem__):
            if found is not None:
                found = self._left(found, word)
                continue
            holding = self._holding(word) if share[word] <= _COMMON else None
            if holding is not None:
                found = lines.also(marks, holding)
                continue
            marks &= lines.marks(word)
            if marks.bit_count() < _FEW * len(self._keys):
                found = lines.marked(marks, range(len(self._keys)))
        if found is None:
            return lines.marked(marks, self._keys)
        return [self._keys[number] for number in found]

    def _share(self, word: str) -> float:
        """Return in which share of the names a word is, as far as a few tell."""
        return sum(word in line for line in self._sample) / max(1, len(self._sample))

    def _left(self, found: Collection[int], word: str) -> Collection[int]:
        """Return those of the names that hold ``word``."""
        lines = map(self._lines.lines.__getitem__, found)
        left = list(itertools.compress(found, map(operator.contains, lines, itertools.repeat(word))))
        if left or not found or len(word) < _SHORTEST_FUZZY or word in self._lines.text:
            return left
        return self._nearly(word).intersection(found)

    def _holding(self, word: str) -> Collection[int] | None:
        """Return all names that hold ``word``; None where it is in too many places to go through."""
        places = list(itertools.islice(self._lines.places(word), _FEW_PLACES))
        if len(places) == _FEW_PLACES:
            return None
        return self._lines.at(places) if places or len(word) < _SHORTEST_FUZZY else self._nearly(word)

    def _nearly(self, word: str) -> set[int]:
        return self._lines.at(one_error_away(word, self._lines.text, self._lines.sample))
