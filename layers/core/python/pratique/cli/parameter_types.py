"""What words of the command line are converted to, where click has no type of its own for it."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TypeVar

import click

Member = TypeVar("Member", bound=Enum)

PATH = click.Path(path_type=Path)


class OneOf(click.Choice[Member]):
    """A member of an enumeration, given by its value; by its name it would be for click."""

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:
        """Return the word that stands for a member; what was typed stands for itself."""
        return super().normalize_choice(choice.value if isinstance(choice, Enum) else choice, ctx)
