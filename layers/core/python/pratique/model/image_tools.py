"""What an image can be changed with from inside: whether a Dockerfile's RUN does anything in it."""

from __future__ import annotations

from msgspec import Struct


class ImageTools(Struct, frozen=True):
    """Whether an image has a shell, and its system package managers (``apt-get``, ``dnf`` …), best first."""

    has_shell: bool
    managers: tuple[str, ...]
