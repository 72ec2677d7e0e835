"""Text from images that shows what it holds: characters that do not print stand as their escapes."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return ``text`` with every character that does not print as its escape."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
