"""Words with one typing error: a letter missing, too many, another one, or changed places with the next.

One error leaves one half of a word as it is, wherever the word is cut, unless it swaps the two letters at the cut.  So
a text needs a closer look only where one of the halves is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_ANY = r"[^\n ]"


def one_error_away(word: str, text: str, sample: str) -> Iterator[int]:
    """Yield a place in every part of ``text`` that holds ``word`` with one error; the word has two letters or more.

    Parts are what spaces and line ends leave.  ``sample`` is like ``text`` and much shorter: the word is cut where
    its halves are rarest in it.
    """
    middle = len(word) // 2
    cuts = sorted(range(1, len(word)), key=lambda cut: abs(cut - middle))
    cut = min(cuts, key=lambda cut: sample.count(word[:cut]) + sample.count(word[cut:]))
    left, right = word[:cut], word[cut:]
    swapped = left[:-1] + right[0] + left[-1] + right[1:]
    for pattern in (re.escape(left) + _wrong(right), _behind_wrong(left, right), re.escape(swapped)):
        for match in re.finditer(pattern, text):
            yield match.start()


def _wrong(piece: str) -> str:
    """Return a pattern for all that is one error away from ``piece``, in which common beginnings stand once."""
    pattern = ""
    for place in reversed(range(len(piece))):
        ways = [way for ways in _ways(piece[place:], 0) for way in ways]
        pattern = f"(?:{'|'.join([*ways, re.escape(piece[place]) + pattern] if pattern else ways)})"
    return pattern


def _behind_wrong(left: str, right: str) -> str:
    """Return a pattern for ``right`` behind all that is one error away from ``left``."""
    after = re.escape(right)
    by_length = zip(*(_ways(left, place) for place in range(len(left))), strict=True)
    behind = ("|".join(way for ways in group for way in ways) for group in by_length)
    return f"{after}(?:{'|'.join(f'(?<=(?:{ways}){after})' for ways in behind)})"


def _ways(piece: str, place: int) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Return patterns for an error at one place, by whether they are shorter, as long or longer than ``piece``."""
    letters = [re.escape(letter) for letter in piece]
    before, after = "".join(letters[:place]), "".join(letters[place + 1 :])
    swapped = before + letters[place + 1] + letters[place] + "".join(letters[place + 2 :]) if after else ""
    other = [f"{before}{_ANY}{after}", *([swapped] if swapped else [])]
    return [before + after], other, [f"{before}{_ANY}{letters[place]}{after}"]
