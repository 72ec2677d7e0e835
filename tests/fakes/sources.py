"""Repositories that are folders."""

from __future__ import annotations

from pathlib import Path

from pratique.adapters.sources import open_source
from pratique.errors import RegistryError
from pratique.ports.images import ImageSource


class FolderSources:
    """Implements the ImageSources port: every repository is an OCI layout folder under ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.opened = 0
        self.error: RegistryError | None = None

    def open(self, instance: str, repository: str) -> ImageSource:
        self.opened += 1
        if self.error is not None:
            raise self.error
        source, _ = open_source(str(self.root / instance / repository))
        return source
