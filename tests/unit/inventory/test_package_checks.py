"""What system packages say against an image's programs: layers through the real pass and the real fold."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

import pytest

from pratique.inventory.image import fold
from pratique.malware.file_type import file_type
from pratique.model.inventory import ImageInventory, LayerReport
from pratique.model.sample import Detector, Level, ScannedFile
from pratique.ports.file_scanner import FileScan
from tests.fakes.scanner import FakeScanner
from tests.image_builder import Entry, link
from tests.layer_reading import layers_of, read_files
from tests.rpm_files import RpmDigest, header, sqlite_file

LS, TROJAN, SU, SHELL = (b"\x7fELF" + name + bytes(300) for name in (b"ls", b"trojan", b"su", b"shell"))
SCRIPT, PATCHED = b"#!/bin/sh\necho one\n", b"#!/bin/sh\necho two\n"
Files = Mapping[str, bytes | Entry]


def md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def program(body: bytes, mode: int = 0o755, uid: int = 0) -> Entry:
    return Entry(body, mode=mode, uid=uid)


def debian(packages: Mapping[str, Mapping[str, bytes]], version: str = "1") -> dict[str, bytes | Entry]:
    """Return dpkg's database with these packages, their files being as installed."""
    stanzas = (f"Package: {name}\nStatus: install ok installed\nVersion: {version}\n" for name in packages)
    found: dict[str, bytes | Entry] = {"var/lib/dpkg/status": "\n".join(stanzas).encode()}
    for name, files in packages.items():
        info = f"var/lib/dpkg/info/{name}"
        found[f"{info}.list"] = "".join(f"/{path}\n" for path in files).encode()
        found[f"{info}.md5sums"] = "".join(f"{md5(body)}  {path}\n" for path, body in files.items()).encode()
    return found


BASE: Files = {
    "usr/bin/ls": program(LS),
    "usr/bin/su": program(SU, 0o4755),
    "usr/bin/bash": program(SHELL),
    "usr/sbin/service": program(SCRIPT),
    **debian(
        {
            "coreutils": {"usr/bin/ls": LS},
            "util-linux": {"usr/bin/su": SU, "usr/sbin/service": SCRIPT},
            "bash": {"usr/bin/bash": SHELL},
        }
    ),
}


def scan(path: str, mode: int, body: bytes) -> FileScan:
    """Hash a file as every scanner does, and find nothing."""
    kind = file_type(path, body)
    return FileScan((ScannedFile(path, hashlib.sha256(body).hexdigest(), len(body), kind, mode),))


def reports(*layers: Files) -> list[LayerReport | None]:
    scanner = FakeScanner(ending="", scanned=scan, max_bytes=4 << 20)
    return [read_files(files, scanner=scanner) for files in layers]


def folded(*layers: Files) -> ImageInventory:
    read = reports(*layers)
    return fold(layers_of(read), read)


def found(*layers: Files) -> dict[str, tuple[str, Level]]:
    """Return rule and level by path."""
    return {
        file.location.path: (rule.rule, rule.level)
        for sample in folded(*layers).samples
        for file in sample.files
        for rule in sample.rules_at(file)
    }


CHANGED, SET_UID = "changed_system_file", "set_uid_outside_packages"


def test_image_as_its_packages_installed_it_raises_nothing() -> None:
    assert found(BASE) == {}


@pytest.mark.parametrize("path", ["usr/bin/ls", "bin/ls"])
def test_program_that_an_upper_layer_replaced_is_told_with_both_checksums(path: str) -> None:
    inventory = folded({"bin": link("usr/bin"), **BASE}, {path: program(TROJAN)})
    (sample,) = inventory.samples
    (rule,) = sample.rules
    assert (rule.rule, rule.level, rule.detector) == (CHANGED, Level.WARNING, Detector.STRUCTURE)
    assert md5(LS) in rule.description
    assert md5(TROJAN) in rule.description
    assert "deb:coreutils" in rule.description
    assert sample.sha256 == hashlib.sha256(TROJAN).hexdigest()
    assert [(file.location.path, file.removed) for file in sample.files] == [("usr/bin/ls", False)]
    assert sample.files[0].location.layer == layers_of(reports({path: program(TROJAN)}))[0].diff_id


def test_program_that_was_changed_in_the_layer_of_its_package_is_told() -> None:
    assert found({**BASE, "usr/bin/ls": program(TROJAN)}) == {"usr/bin/ls": (CHANGED, Level.WARNING)}


@pytest.mark.parametrize("path", ["usr/lib/git-core/git", "usr/lib/python3.11/os.py", "usr/bin/large"])
def test_file_whose_md5_is_not_taken_is_compared_with_the_layer_of_its_package(path: str) -> None:
    body, other = (LS + bytes(2 << 20), TROJAN + bytes(2 << 20)) if path.endswith("large") else (LS, TROJAN)
    base: Files = {path: program(body), **debian({"tool": {path: body}})}
    assert found(base) == {}
    (sample,) = folded(base, {path: program(SHELL)}, {path: program(other)}).samples
    assert f"SHA-256 is {hashlib.sha256(other).hexdigest()}" in sample.rules[0].description
    assert f"it was {hashlib.sha256(body).hexdigest()}" in sample.rules[0].description
    assert found(base, {path: program(other)}, {path: program(body)}) == {}
    assert found(base, {path: program(other), **debian({"tool": {path: other}}, "2")}) == {}


def test_patched_script_is_a_notice() -> None:
    assert found(BASE, {"usr/sbin/service": program(PATCHED)}) == {"usr/sbin/service": (CHANGED, Level.NOTICE)}


def test_package_that_puts_its_file_back_or_is_upgraded_quiets_it() -> None:
    assert found(BASE, {"usr/bin/ls": program(TROJAN)}, {"usr/bin/ls": program(LS)}) == {}
    newer = debian({"coreutils": {"usr/bin/ls": TROJAN}}, "2")
    assert found({"usr/bin/ls": program(LS), **debian({"coreutils": {"usr/bin/ls": LS}})}, newer) == {
        "usr/bin/ls": (CHANGED, Level.WARNING)
    }
    assert found({"usr/bin/ls": program(LS)}, {"usr/bin/ls": program(TROJAN), **newer}) == {}


@pytest.mark.parametrize("path", ["etc/init.d/tool", "usr/lib/python3/dist-packages/tool.py", "usr/share/doc/tool/run"])
def test_settings_language_packages_and_documents_may_change(path: str) -> None:
    installed = {path: program(SCRIPT), **debian({"tool": {path: SCRIPT}})}
    assert found(installed, {path: program(PATCHED)}) == {}


def test_file_of_a_package_that_is_gone_is_nobodys() -> None:
    assert found(BASE, {**debian({"bash": {}}), "usr/bin/ls": program(TROJAN)}).keys() == {"usr/bin/su"}


@pytest.mark.parametrize(("by", "quiet"), [("tool", True), (":", True), ("", False)])
def test_diverted_file_lies_elsewhere_and_is_compared_there(by: str, quiet: bool) -> None:
    diverted = f"/usr/bin/ls\n/usr/bin/ls.distrib\n{by}\n".encode()
    own = debian({"coreutils": {"usr/bin/ls": LS}, "tool": {"usr/bin/ls": TROJAN}})
    files = {"usr/bin/ls": program(TROJAN), "usr/bin/ls.distrib": program(LS), **own}
    if by == ":":
        files |= debian({"coreutils": {"usr/bin/ls": LS}})
        files.pop("var/lib/dpkg/info/tool.md5sums")
        files.pop("var/lib/dpkg/info/tool.list")
    if not quiet:
        files["usr/bin/ls.distrib"] = program(SHELL)
        diverted = b"/usr/bin/ls\n/usr/bin/ls.distrib\ntool\n"
    told = found({**files, "var/lib/dpkg/diversions": diverted})
    assert told == ({} if quiet else {"usr/bin/ls.distrib": (CHANGED, Level.WARNING)})


def test_file_that_another_package_took_over_without_a_checksum_is_not_compared() -> None:
    taken = debian({"old": {"usr/bin/ls": LS}, "new": {"usr/bin/ls": TROJAN}})
    taken["var/lib/dpkg/info/old.list"] = b"/.\n"
    del taken["var/lib/dpkg/info/new.md5sums"]
    assert found({"usr/bin/ls": program(TROJAN), **taken}) == {}


def test_alpine_file_is_compared_by_sha1() -> None:
    digest = base64.b64encode(hashlib.sha1(LS).digest()).decode()
    installed = f"P:coreutils\nV:1\nF:bin\nR:ls\na:0:0:755\nZ:Q1{digest}\n".encode()
    base: Files = {"bin/ls": program(LS), "lib/apk/db/installed": installed}
    assert found(base) == {}
    (sample,) = folded(base, {"bin/ls": program(TROJAN)}).samples
    assert hashlib.sha1(TROJAN).hexdigest() in sample.rules[0].description
    assert "apk:coreutils" in sample.rules[0].description


def test_rpm_file_is_compared_by_sha256_and_settings_are_not() -> None:
    files = ("/usr/bin/ls", "/usr/bin/set")
    digest = hashlib.sha256(LS).hexdigest()
    digests = {"/usr/bin/ls": RpmDigest(digest), "/usr/bin/set": RpmDigest(digest, flags=1)}
    database = sqlite_file([header(name="coreutils", files=files, digests=digests)])
    base: Files = {"usr/bin/ls": program(LS), "usr/bin/set": program(LS), "var/lib/rpm/rpmdb.sqlite": database}
    assert found(base) == {}
    changed = found(base, {"usr/bin/ls": program(TROJAN), "usr/bin/set": program(TROJAN)})
    assert changed == {"usr/bin/ls": (CHANGED, Level.WARNING)}


def test_set_uid_program_of_no_package_is_told_with_mode_and_owner() -> None:
    (sample,) = folded(BASE, {"usr/local/bin/tool": program(TROJAN, 0o4755, uid=7)}).samples
    (rule,) = sample.rules
    assert (rule.rule, rule.level) == (SET_UID, Level.WARNING)
    assert "set-uid program (mode 4755, user 7, group 0) belongs to no system package" in rule.description


def test_set_uid_copy_of_a_shell_is_urgent() -> None:
    assert found(BASE, {"tmp/x": program(SHELL, 0o4755)})["tmp/x"] == (SET_UID, Level.URGENT)


def test_shell_that_was_made_set_uid_later_is_told() -> None:
    (sample,) = folded(BASE, {"usr/bin/bash": program(SHELL, 0o4755)}).samples
    assert "was made set-uid or replaced after deb:bash was installed" in sample.rules[0].description


def test_set_uid_file_that_is_copied_up_unchanged_keeps_its_owner() -> None:
    assert found(BASE, {"usr/bin/su": program(SU, 0o4755)}) == {}


@pytest.mark.parametrize("mode", [0o4644, 0o755])
def test_file_that_cannot_run_or_has_no_such_bit_is_quiet(mode: int) -> None:
    assert found(BASE, {"usr/local/bin/tool": program(TROJAN, mode)}) == {}


def test_set_gid_program_in_an_image_without_lists_is_a_notice() -> None:
    assert found({"usr/bin/tool": program(TROJAN, 0o2755)}) == {"usr/bin/tool": (SET_UID, Level.NOTICE)}


def test_removed_files_are_not_judged() -> None:
    assert found(BASE, {"tmp/x": program(SHELL, 0o4755)}, {"tmp/.wh.x": b""}) == {}


def test_nothing_is_said_while_a_layer_is_unread() -> None:
    read = [*reports({**BASE, "usr/bin/ls": program(TROJAN), "tmp/x": program(SHELL, 0o4755)}), None]
    assert fold(layers_of(read), read).samples == ()
