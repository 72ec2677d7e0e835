"""Text from images for a terminal: control sequences in it are made visible instead of obeyed."""

from __future__ import annotations

from rich.text import Text


def printable(text: str) -> str:
    """Return ``text`` with every character that does not print as its escape."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def shown(text: str) -> Text:
    """Return ``text`` for rich, printable and without its markup."""
    return Text(printable(text))
