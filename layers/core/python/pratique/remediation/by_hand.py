"""Sentences for what no command mends, and for what a command does not do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pratique.model.base_image import BaseImage
from pratique.remediation.affected import AffectedPackage
from pratique.remediation.place import Place
from pratique.remediation.words import shown


def by_hand(place: Place, package: AffectedPackage, base: BaseImage) -> str:
    """Return what to do about a package that no command mends."""
    if place.tool == "rebuild":
        return _rebuild(package, base)
    if place.part_of:
        return f"{shown(package.name)} at {_path(package)} is a part of {shown(place.part_of)}: update that one."
    return _SENTENCES.get(place.tool, _replace)(package)


def note_beside(place: Place, package: AffectedPackage) -> str:
    """Return what is to be done besides the command; empty where it is enough."""
    if place.tool in ("go", "cargo", "dotnet") and place.folder:
        return ""
    pattern = _BESIDE.get(place.tool, "")
    return pattern.format(name=package.name, fixed=package.fixed_version, path=_path(package), folder=place.folder)


def _rebuild(package: AffectedPackage, base: BaseImage) -> str:
    named = shown(base.name) if base.name else "its base image"
    wanted = f"{shown(package.name)} {shown(package.fixed_version)} or later"
    return f"Rebuild on a newer build of {named} that holds {wanted}: the image has no {_MISSING} of its own."


def _replace(package: AffectedPackage) -> str:
    return (
        f"Replace {shown(package.name)} {shown(package.version)} at {_path(package)} "
        f"with {shown(package.fixed_version)} or later."
    )


def _odd(package: AffectedPackage) -> str:
    return (
        f"{_replace(package)} Its name, version or path holds characters that do not belong there, "
        "so it was left out of every command."
    )


def _toolchain(package: AffectedPackage) -> str:
    return f"Build {_path(package)} again with Go {shown(package.fixed_version)} or later."


def _wheel(package: AffectedPackage) -> str:
    wanted = f"{shown(package.name)} {shown(package.fixed_version)} or later"
    return (
        f"{_path(package)} is a wheel, which is installed from and not imported: put one of {wanted} in its place "
        "(what ensurepip brings comes with a newer Python), or delete it where nothing is installed from it."
    )


def _requirements(package: AffectedPackage) -> str:
    return (
        f"Write {shown(package.name)}=={shown(package.fixed_version)} in {_path(package)}, and install from it again."
    )


_MISSING = "shell or package manager"
_FORCED = "The version is forced on the packages that depend on it: see that they accept it."
_ELSEWHERE = "Run it in the project that {path} is built from, and build that again."
_BESIDE: Mapping[str, str] = {
    "mvn": 'With Gradle: implementation("{name}:{fixed}"). Then build {path} again.',
    "mix": "Require {name} {fixed} or later in mix.exs.",
    "bundle": "Look that Gemfile.lock names {name} {fixed} or later; a narrower bound in the Gemfile has to go.",
    "pipenv": "Run it in /{folder}.",
    "go": _ELSEWHERE,
    "cargo": _ELSEWHERE,
    "dotnet": _ELSEWHERE,
    "npm-nested": _FORCED,
    "yarn": _FORCED,
    "pnpm": _FORCED,
    "bun": _FORCED,
}
_SENTENCES: Mapping[str, Callable[[AffectedPackage], str]] = {
    "odd-name": _odd,
    "go-toolchain": _toolchain,
    "wheel": _wheel,
    "requirements": _requirements,
}


def _path(package: AffectedPackage) -> str:
    return f"/{shown(package.path)}"
