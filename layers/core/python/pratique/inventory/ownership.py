"""Which system package a language package's files belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pratique.inventory.links import Links
from pratique.model.inventory import FileInventory
from pratique.model.package import InstalledPackage, PackageType


def with_owners(
    packages: Sequence[InstalledPackage], files: Iterable[FileInventory], links: Links
) -> tuple[InstalledPackage, ...]:
    """Return ``packages`` with ``owned_by`` set on language packages that a system package installed.

    ``files`` are the effective files of the image, whose ``owns`` name paths as the package manager wrote them:
    on a system whose ``/lib`` is a link they are followed to where the files lie.
    """
    owners: dict[str, str] = {}
    for file in files:
        for index, path in file.owns:
            owner = f"deb:{file.owner}" if file.owner else f"{file.packages[index].type}:{file.packages[index].name}"
            owners[links.locate(path)] = owner
    return tuple(_owned(package, owners) for package in packages)


def _owned(installed: InstalledPackage, owners: dict[str, str]) -> InstalledPackage:
    if installed.package.type.is_system or installed.package.type is PackageType.GENERIC:
        return installed
    found = {owners.get(location.path, "") for location in installed.locations}
    # A copy outside the system package's files is the application's own and must be matched as such.
    if len(found) != 1 or found == {""}:
        return installed
    return replace(installed, owned_by=found.pop())
