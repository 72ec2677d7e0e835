"""Decides what a target is: an OCI layout folder, an image archive, or a reference into a registry."""

from __future__ import annotations

from pathlib import Path

from pratique.adapters.image_content import ImageContent
from pratique.adapters.oci_layout import LayoutFolder, OciLayoutSource
from pratique.errors import InvalidValue, RegistryError


def open_source(target: str) -> tuple[ImageContent, str]:
    """Return the source that ``target`` names and the reference to ask it for.

    Raises InvalidValue where there is no such file or folder, and RegistryError where it is no image.
    """
    folder, reference = _split_path(target)
    if folder is None:
        raise InvalidValue(f"there is no file or folder {target[:300]!r}")
    if not (folder / "oci-layout").is_file():
        raise RegistryError("this folder is not an OCI layout: it has no file oci-layout", image=str(folder))
    return OciLayoutSource(LayoutFolder(folder)), reference


def _split_path(target: str) -> tuple[Path | None, str]:
    """Return the existing file or folder that ``target`` begins with, and what follows it after ``:`` or ``@``."""
    if Path(target).exists():
        return Path(target), ""
    for separator in ("@", ":"):
        path, found, reference = target.partition(separator)
        while found:
            if path and Path(path).exists():
                return Path(path), reference
            more, found, reference = reference.partition(separator)
            path = f"{path}{separator}{more}"
    return None, ""
