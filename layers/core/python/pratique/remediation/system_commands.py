"""Commands of system package managers: all packages at once, each at its fixed version or above.

A distribution's archive keeps few versions, often only the newest: naming one exactly fails as soon as it is replaced.
So the fixed version stands as a lower bound, in the form that the manager has for it, and the command fails where the
archive has no such version yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from pratique.remediation.affected import AffectedPackage
from pratique.remediation.words import shell

_REBUILD = re.compile(r"\+b\d+$")
# apt-get satisfy came with apt 2.0.
_OLD_APT = frozenset({"Debian:8", "Debian:9", "Debian:10", "Ubuntu:14.04", "Ubuntu:16.04", "Ubuntu:18.04"})


def apt_get(packages: Sequence[AffectedPackage]) -> str:
    """Satisfy a bound for each package; upgrade those whose version is not their source's, as the bound is."""
    bound = [package for package in packages if _bounded(package)]
    rest = [package for package in packages if not _bounded(package)]
    commands = ["apt-get update"]
    if bound:
        relations = (f"{package.name} (>= {package.fixed_version})" for package in bound)
        commands.append(shell("apt-get", "satisfy", "-y", *dict.fromkeys(relations)))
    if rest:
        names = dict.fromkeys(package.name for package in rest)
        commands.append(shell("apt-get", "install", "-y", "--only-upgrade", *names))
    return " && ".join(commands)


def _bounded(package: AffectedPackage) -> bool:
    release = ":".join(package.ecosystem.replace(":Pro", "").split(":")[:2])
    same = package.source_version in ("", _REBUILD.sub("", package.version))
    return same and release not in _OLD_APT


def _relations(pattern: str, *start: str) -> Callable[[Sequence[AffectedPackage]], str]:
    def command(packages: Sequence[AffectedPackage]) -> str:
        words = (pattern.format(name=package.name, fixed=package.fixed_version) for package in packages)
        return shell(*start, *dict.fromkeys(words))

    return command


SYSTEM_COMMANDS: Mapping[str, Callable[[Sequence[AffectedPackage]], str]] = {
    "apt-get": apt_get,
    "apk": _relations("{name}>={fixed}", "apk", "add", "--no-cache", "--upgrade"),
    "dnf": _relations("{name} >= {fixed}", "dnf", "install", "-y"),
    "microdnf": _relations("{name} >= {fixed}", "microdnf", "install", "-y"),
    "zypper": _relations("{name}>={fixed}", "zypper", "--non-interactive", "install"),
    "tdnf": _relations("{name}-{fixed}", "tdnf", "install", "-y"),
    "yum": _relations("{name}-{fixed}", "yum", "update", "-y"),
}
