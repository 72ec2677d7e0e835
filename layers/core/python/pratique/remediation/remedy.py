"""What to do about one vulnerability in one image.

Commands are for the Dockerfile: a container that is patched while it runs is lost with its next start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from pratique.model.base_image import NO_BASE, BaseImage, LayerOrigin
from pratique.model.image_tools import ImageTools
from pratique.model.package import PackageType
from pratique.remediation.affected import AffectedPackage
from pratique.remediation.by_hand import by_hand, note_beside
from pratique.remediation.cause import state_of
from pratique.remediation.caution import caution_of, prevention_of
from pratique.remediation.language_commands import LANGUAGE_COMMANDS, pip
from pratique.remediation.place import Place
from pratique.remediation.places import place_of
from pratique.remediation.publishers import pages
from pratique.remediation.system_commands import SYSTEM_COMMANDS
from pratique.remediation.tools import manager_for
from pratique.remediation.words import is_plain, is_plain_folder, shown

Affected = TypeVar("Affected", bound=AffectedPackage)


class Surroundings(Struct, frozen=True):
    """What the remedy depends on beside the packages: what the image is built on, and what it can run."""

    base: BaseImage = NO_BASE
    tools: ImageTools | None = None


class Remedy(Struct, frozen=True):
    """What to do; only ``command`` may be empty, where no command mends it.

    ``command`` is one line for a shell.  ``instead`` says what to do where there is none, what to do besides where
    there is, or that nothing else is needed.  ``dockerfile`` says where in the Dockerfile.
    """

    command: str
    instead: str
    dockerfile: str
    caution: str
    prevention: str
    references: tuple[str, ...]


NOTHING_ELSE = "The command mends all of it."


def remedy_of(
    packages: Sequence[AffectedPackage], around: Surroundings, *, vulnerability: str, references: Iterable[str] = ()
) -> Remedy:
    """Return the remedy for all packages of one image that one vulnerability affects."""
    groups = grouped([package for package in packages if package.fixed_version], around.tools)
    commands = [command for place, group in groups.items() if (command := command_for(place, group))]
    sentences = [note for place, group in groups.items() for note in _notes(place, group, around)]
    sentences += _without_fix([package for package in packages if not package.fixed_version])
    ids = dict.fromkeys([vulnerability, *(package.advisory for package in packages)])
    return Remedy(
        command=" && ".join(commands),
        instead=" ".join(dict.fromkeys(sentences)) or NOTHING_ELSE,
        dockerfile=_dockerfile(packages, commands),
        caution=caution_of(packages),
        prevention=prevention_of(packages),
        references=tuple(dict.fromkeys((*pages(ids), *references))),
    )


def grouped(packages: Iterable[Affected], tools: ImageTools | None) -> Mapping[Place, Sequence[Affected]]:
    """Return packages by what mends them where they lie, system packages first.

    A package whose words must not stand in a command is by hand, as is a system package of an image that has no
    shell or no manager for it.
    """
    groups: dict[Place, list[Affected]] = {}
    for package in sorted(packages, key=lambda one: not PackageType(one.type).is_system):
        groups.setdefault(_place(package, tools), []).append(package)
    return groups


def command_for(place: Place, packages: Sequence[AffectedPackage]) -> str:
    """Return the command for packages of one place; empty where there is none."""
    if place.tool in SYSTEM_COMMANDS:
        return SYSTEM_COMMANDS[place.tool](packages)
    command = LANGUAGE_COMMANDS.get(place.tool)
    return command(place, packages) if command else ""


def joint_command_for(place: Place, packages: Sequence[AffectedPackage]) -> str:
    """Return the command for many packages at once: pip gets lower bounds, for exact versions seldom fit together."""
    if LANGUAGE_COMMANDS.get(place.tool) is pip and len(packages) > 1:
        return pip(place, packages, relation=">=")
    return command_for(place, packages)


def _place(package: AffectedPackage, tools: ImageTools | None) -> Place:
    if not is_plain(package):
        return Place("odd-name")
    if PackageType(package.type).is_system:
        return Place(manager_for(package.type, package.ecosystem, tools) or "rebuild")
    if package.type == PackageType.GOLANG and package.name == "stdlib":
        return Place("go-toolchain")
    place = place_of(package)
    return place if is_plain_folder(place.folder) else Place("odd-name")


def _notes(place: Place, packages: Sequence[AffectedPackage], around: Surroundings) -> list[str]:
    if not command_for(place, packages):
        return [by_hand(place, package, around.base) for package in packages]
    notes = [note for package in packages[:1] if (note := note_beside(place, package))]
    if place.tool in LANGUAGE_COMMANDS and around.tools is not None and not around.tools.has_shell:
        notes.append("The image has no shell: run it in the build stage that its files are copied from.")
    if all(package.layer.origin is LayerOrigin.BASE for package in packages):
        named = f" {shown(around.base.name)}" if around.base.name else ""
        notes.append(f"It came with the base image: a newer build of{named or ' that image'} mends it as well.")
    return notes


def _without_fix(packages: Sequence[AffectedPackage]) -> list[str]:
    states: dict[str, list[str]] = {}
    for package in packages:
        states.setdefault(state_of(package), []).append(shown(package.name))
    return [
        f"For {', '.join(dict.fromkeys(names))}: {state}; remove it where it is not needed, or limit who can reach it."
        for state, names in states.items()
    ]


def _dockerfile(packages: Sequence[AffectedPackage], commands: Sequence[str]) -> str:
    lowest = min(packages, key=lambda package: package.layer.index)
    made = shown(lowest.layer.created_by)
    if lowest.layer.origin is LayerOrigin.BASE:
        where = "The base image brought it: change the FROM line"
        return f"{where}, or add a RUN instruction with the command after it." if commands else f"{where}."
    if not made:
        return f"Layer {lowest.layer.index} brought it; the image's history does not tell by which instruction."
    return f"This instruction brought it, and is the one to change: {made}"
