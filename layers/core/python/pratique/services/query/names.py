"""Finding names by what people type: parts of words, several words, one typing error, any case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_SHORTEST_FUZZY = 4
_MAX_WORDS = 8


class NameSearch:
    """Searches one list of names, which is folded once and searched many times."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        """Take what each key is called: its id, other ids, a title."""
        self._folded = {key: "\n".join(texts).casefold() for key, texts in names.items()}

    def matching(self, wanted: str) -> frozenset[str]:
        """Return the keys of which every word of ``wanted`` is a part.

        A word of four letters or more that is a part of no name at all may be one letter wrong: missing, too many,
        another one, or changed places with the next.
        """
        found: Mapping[str, str] = self._folded
        for word in wanted.casefold().split()[:_MAX_WORDS]:
            exact = {key: text for key, text in found.items() if word in text}
            found = exact or self._nearly(word, found)
        return frozenset(found)

    def _nearly(self, word: str, among: Mapping[str, str]) -> Mapping[str, str]:
        if len(word) < _SHORTEST_FUZZY or any(word in text for text in self._folded.values()):
            return {}
        # One error leaves one half of the word as it is, so few names have to be looked at closely.
        left, right = word[: len(word) // 2], word[len(word) // 2 :]
        pattern = re.compile("|".join(_one_error(word)))
        return {
            key: text
            for key, text in among.items()
            if (left in text or right in text or _swapped_middle(word) in text) and pattern.search(text)
        }


def _swapped_middle(word: str) -> str:
    """Return the middle of ``word`` with the two middle letters swapped, the one error that spoils both halves."""
    middle = len(word) // 2
    return word[max(0, middle - 2) : middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 : middle + 2]


def _one_error(word: str) -> list[str]:
    """Return patterns for every text that is one error away from ``word``."""
    letters = [re.escape(letter) for letter in word]
    patterns = []
    for index in range(len(letters)):
        before, after = letters[:index], letters[index + 1 :]
        patterns.append("".join((*before, *after)))
        patterns.append("".join((*before, "[^\\n]", *after)))
        patterns.append("".join((*before, "[^\\n]", letters[index], *after)))
        if after:
            patterns.append("".join((*before, after[0], letters[index], *after[1:])))
    return patterns
