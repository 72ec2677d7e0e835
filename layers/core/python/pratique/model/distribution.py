"""The operating-system distribution of an image, from os-release.

https://www.freedesktop.org/software/systemd/man/latest/os-release.html
"""

from __future__ import annotations

from msgspec import Struct


class Distribution(Struct, frozen=True):
    """``ID``, ``VERSION_ID`` and the like of one os-release file, unquoted.

    ``version`` is empty for rolling distributions (Wolfi has one, Debian unstable has none).
    """

    id: str
    version: str = ""
    codename: str = ""
    name: str = ""
    id_like: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return a short name for people: ``debian 12``."""
        return f"{self.id} {self.version}".strip()
