"""Which tools an image has, told by its packages."""

from __future__ import annotations

from pratique.model.image_tools import ImageTools
from pratique.model.inventory import ImageInventory
from pratique.model.package import PackageType

_SHELLS = frozenset({"bash", "busybox", "busybox-binsh", "dash", "ksh", "mksh", "toybox", "zsh"})
# Best first: an image with dnf may hold yum as another name of it.
_MANAGERS = {
    "apt-get": ("apt",),
    "apk": ("apk-tools",),
    "dnf": ("dnf", "dnf5"),
    "microdnf": ("microdnf",),
    "tdnf": ("tdnf",),
    "zypper": ("zypper",),
    "yum": ("yum",),
}


def tools_of(inventory: ImageInventory) -> ImageTools | None:
    """Return the tools; None where no system package is known, so that nothing can be said."""
    names = {one.package.name for one in inventory.packages if one.package.type.is_system}
    if not names:
        return None
    managers = tuple(tool for tool, packages in _MANAGERS.items() if names.intersection(packages))
    return ImageTools(bool(names & _SHELLS), managers)


def manager_for(kind: str, ecosystem: str, tools: ImageTools | None) -> str:
    """Return the manager for a system package of type ``kind``, empty where the image has none that fits."""
    fitting = _fitting(kind, ecosystem)
    if tools is None:
        return fitting[0]
    return next((tool for tool in tools.managers if tool in fitting), "") if tools.has_shell else ""


def _fitting(kind: str, ecosystem: str) -> tuple[str, ...]:
    if kind == PackageType.DEB:
        return ("apt-get",)
    if kind == PackageType.APK:
        return ("apk",)
    usual = {"openSUSE": "zypper", "SUSE": "zypper", "Azure Linux": "tdnf", "Photon OS": "tdnf"}
    first = usual.get(ecosystem.partition(":")[0], "dnf")
    return (first, *(tool for tool in ("dnf", "microdnf", "zypper", "tdnf", "yum") if tool != first))
