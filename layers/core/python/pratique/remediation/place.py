"""What installs a package where it lies."""

from __future__ import annotations

from msgspec import Struct


class Place(Struct, frozen=True):
    """A tool and the folder (no leading ``/``) that it works in; ``part_of`` names a package that ships this one.

    ``program`` is the interpreter whose packages these are, empty where there is none or the folder tells.
    """

    tool: str
    folder: str = ""
    part_of: str = ""
    program: str = ""
