"""Commands of language package managers, in the place that a package lies in, at exactly the fixed version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pratique.remediation.affected import AffectedPackage
from pratique.remediation.place import Place
from pratique.remediation.python_places import leaves_metadata, metadata_of
from pratique.remediation.words import shell

Command = Callable[[Place, Sequence[AffectedPackage]], str]


def _specs(packages: Sequence[AffectedPackage], pattern: str) -> list[str]:
    """Return ``pattern`` filled for each package, each once."""
    filled = (
        pattern.format(name=package.name, fixed=package.fixed_version, version=package.version) for package in packages
    )
    return list(dict.fromkeys(filled))


def _at(place: Place) -> str:
    return f"/{place.folder}".rstrip("/") or "/"


def pip(place: Place, packages: Sequence[AffectedPackage], *, relation: str = "==") -> str:
    """Return the command of pip; ``>=`` lets it choose versions that fit together and can be installed."""
    specs = _specs(packages, "{name}" + relation + "{fixed}")
    python = place.program or "python3"
    match place.tool:
        case "pip-environment":
            command = shell(f"{_at(place)}/bin/python", "-m", "pip", "install", *specs)
        case "pip-target":
            command = shell(python, "-m", "pip", "install", "--upgrade", "--no-deps", "--target", _at(place), *specs)
        case _:
            command = shell(python, "-m", "pip", "install", *specs)
    # Debian and Ubuntu keep pip out of their own folder; a pip that knows no such guard ignores this.
    guard = "PIP_BREAK_SYSTEM_PACKAGES=1 " if place.tool == "pip-system" else ""
    return f"{_without_old_metadata(place, packages)}{guard}{command}"


def _without_old_metadata(place: Place, packages: Sequence[AffectedPackage]) -> str:
    """Return the removal of metadata that pip would leave, and of a package whose files are no record's."""
    left = (
        f"/{metadata_of(package.path)}"
        for package in packages
        if place.tool == "pip-target" or leaves_metadata(package.path)
    )
    old = sorted(set(left))
    return f"{shell('rm', '-r', *old)} && " if old else ""


def _npm(place: Place, packages: Sequence[AffectedPackage]) -> str:
    return shell("npm", "--prefix", _at(place), "install", *_specs(packages, "{name}@{fixed}"))


def _npm_global(_place: Place, packages: Sequence[AffectedPackage]) -> str:
    return shell("npm", "install", "--global", *_specs(packages, "{name}@{fixed}"))


def _overriding(field: str, *install: str) -> Command:
    """Return a command that pins packages of packages: ``field`` of package.json, then an installation."""

    def command(place: Place, packages: Sequence[AffectedPackage]) -> str:
        pins = _specs(packages, field + "[{name}]={fixed}")
        pin = shell("npm", "--prefix", _at(place), "pkg", "set", *pins)
        return f"{pin} && {shell(*(word.replace('@DIR@', _at(place)) for word in install))}"

    return command


def _each(*words: str) -> Command:
    """Return a command repeated for each package; words that name the folder are left out where there is none."""

    def command(place: Place, packages: Sequence[AffectedPackage]) -> str:
        kept = [word for word in words if place.folder or "@DIR@" not in word]
        return " && ".join(
            dict.fromkeys(
                shell(
                    *(
                        word.format(name=package.name, fixed=package.fixed_version, version=package.version).replace(
                            "@DIR@", _at(place).removesuffix("/.") or "/"
                        )
                        for word in kept
                    )
                )
                for package in packages
            )
        )

    return command


def _go(place: Place, packages: Sequence[AffectedPackage]) -> str:
    folder = ("-C", _at(place).removesuffix("/.") or "/") if place.folder else ()
    # A module's version begins with v; Go's own database writes it without.
    specs = dict.fromkeys(f"{package.name}@v{package.fixed_version.removeprefix('v')}" for package in packages)
    return f"{shell('go', *folder, 'get', *specs)} && {shell('go', *folder, 'mod', 'tidy')}"


def _conda(place: Place, packages: Sequence[AffectedPackage]) -> str:
    return shell("conda", "install", "--yes", "--prefix", _at(place), *_specs(packages, "{name}={fixed}"))


def _maven(_place: Place, packages: Sequence[AffectedPackage]) -> str:
    return " && ".join(
        shell("mvn", "versions:use-dep-version", f"-Dincludes={name}", f"-DdepVersion={fixed}", "-DforceVersion=true")
        for name, fixed in dict.fromkeys((package.name, package.fixed_version) for package in packages)
    )


LANGUAGE_COMMANDS: Mapping[str, Command] = {
    "pip": pip,
    "pip-system": pip,
    "pip-environment": pip,
    "pip-target": pip,
    "poetry": _each("poetry", "add", "--directory=@DIR@", "{name}=={fixed}"),
    "uv": _each("uv", "add", "--directory=@DIR@", "{name}=={fixed}"),
    "pipenv": _each("pipenv", "install", "{name}=={fixed}"),
    "conda": _conda,
    "npm": _npm,
    "npm-global": _npm_global,
    "npm-nested": _overriding("overrides", "npm", "--prefix", "@DIR@", "install"),
    "yarn": _overriding("resolutions", "yarn", "--cwd", "@DIR@", "install"),
    "pnpm": _overriding("pnpm.overrides", "pnpm", "--dir", "@DIR@", "install"),
    "bun": _overriding("overrides", "bun", "install", "--cwd", "@DIR@"),
    "gem": _each("gem", "install", "{name}", "--version", "{fixed}"),
    "bundle": _each("bundle", "update", "--conservative", "{name}"),
    "composer": _each("composer", "--working-dir=@DIR@", "update", "{name}", "--with", "{name}:{fixed}", "-W"),
    "mvn": _maven,
    "go": _go,
    "cargo": _each(
        "cargo", "update", "--manifest-path=@DIR@/Cargo.toml", "--package", "{name}@{version}", "--precise", "{fixed}"
    ),
    "dotnet": _each("dotnet", "add", "package", "{name}", "--version", "{fixed}"),
    "mix": _each("mix", "deps.update", "{name}"),
}
