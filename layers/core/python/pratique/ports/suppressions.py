"""The store of suppressions."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pratique.model.suppression import Suppression


class Suppressions(Protocol):
    """Every suppression that was ever made; removed ones are kept, for they say who decided what.

    They act where images are judged.  So each one remembers the *mark* that images were last judged with: a text that
    changes whenever it hides something else.
    """

    def all(self) -> tuple[Suppression, ...]:
        """Return every suppression, newest first."""
        ...

    def get(self, suppression_id: str) -> Suppression | None:
        """Return one suppression, or None."""
        ...

    def add(self, suppression: Suppression) -> bool:
        """Store a new suppression; return False and change nothing where its id exists."""
        ...

    def replace(self, suppression: Suppression, *, before: Suppression) -> bool:
        """Store a changed suppression; return False and change nothing where it is not as ``before`` any more."""
        ...

    def judged(self, suppression_id: str, mark: str, at: datetime) -> None:
        """Record that every image it can concern was judged with this mark, from ``at`` on."""
        ...

    def marks(self) -> tuple[tuple[Suppression, str, datetime | None], ...]:
        """Return every suppression with the mark that images were last judged with (empty: never) and when."""
        ...
