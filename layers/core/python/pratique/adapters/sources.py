"""Decides what a target is: an OCI layout folder, an image archive, or a reference into a registry.

Each kind imports its reader when it is met: an HTTP client would be half of the start of a scan that needs none.
"""

from __future__ import annotations

from pathlib import Path

from pratique.adapters.image_content import ImageContent
from pratique.adapters.oci_layout import LayoutFolder, OciLayoutSource
from pratique.adapters.registry_auth import Credentials
from pratique.errors import InvalidValue, RegistryError
from pratique.model.reference import parse_reference


def open_source(
    target: str, *, credentials: Credentials | None = None, allow_http: bool = False
) -> tuple[ImageContent, str]:
    """Return the source that ``target`` names and the reference to ask it for.

    What exists as a file or folder is one, with ``:tag`` or ``@digest`` behind it or without; anything else is
    a reference into a registry, for which ``credentials`` and ``allow_http`` are.  Raises InvalidValue where it is
    neither, and RegistryError where the file or folder is no image.
    """
    path, reference = _split_path(target)
    if path is None and _looks_like_path(target):
        raise InvalidValue(f"there is no file or folder {target[:300]!r}")
    if path is None:
        from pratique.adapters.registry_v2 import registry_source

        parsed = parse_reference(target)
        source = registry_source(parsed.address, parsed.repository, credentials=credentials, allow_http=allow_http)
        return source, parsed.identifier
    if path.is_file():
        from pratique.adapters.image_archive import open_archive

        return open_archive(path), reference
    if not (path / "oci-layout").is_file():
        raise RegistryError("this folder is not an OCI layout: it has no file oci-layout", image=str(path))
    return OciLayoutSource(LayoutFolder(path)), reference


def _looks_like_path(target: str) -> bool:
    return target.startswith((".", "/", "~")) or target.endswith((".tar", ".tar.gz", ".tgz", ".tar.zst"))


def _split_path(target: str) -> tuple[Path | None, str]:
    """Return the existing file or folder that ``target`` begins with, and what follows it after ``:`` or ``@``."""
    if _exists(target):
        return Path(target), ""
    for separator in ("@", ":"):
        path, found, reference = target.partition(separator)
        while found:
            if _exists(path):
                return Path(path), reference
            more, found, reference = reference.partition(separator)
            path = f"{path}{separator}{more}"
    return None, ""


def _exists(path: str) -> bool:
    try:
        return bool(path) and Path(path).exists()
    except (OSError, ValueError):  # a name that no file can have
        return False
