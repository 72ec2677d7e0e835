"""Text from images for a terminal: control sequences in it are made visible instead of obeyed."""

from __future__ import annotations

from rich.text import Text

from pratique.reports.printable import printable


def shown(text: str) -> Text:
    """Return ``text`` for rich, printable and without its markup."""
    return Text(printable(text))
