"""What a scan says of an image that was tampered with, and of one that was only set up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pratique.cli.main import pratique
from tests.image_builder import Entry, build_layout, link
from tests.look_alikes import eicar, elf, look_alikes
from tests.zip_files import zip_of

LS, SHELL, PATCHED = elf("lists"), elf("runs commands"), elf("lists some")
SETTINGS = b"#!/bin/sh\n# which pager\n"


def md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def sums(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{md5(body)}  {path}\n" for path, body in files.items()).encode()


def paths(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"/{path}\n" for path in files).encode()


OWNED = {"bin/ls": LS, "bin/dash": SHELL, "bin/which": LS, "etc/profile.d/pager.sh": SETTINGS}
INFO = "var/lib/dpkg/info/base"
BASE: dict[str, bytes | Entry] = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "bin": link("usr/bin"),
    "usr/bin/ls": Entry(LS, mode=0o755),
    "usr/bin/dash": Entry(SHELL, mode=0o755),
    "usr/bin/which.distrib": Entry(LS, mode=0o755),
    "etc/profile.d/pager.sh": SETTINGS,
    "var/lib/dpkg/status": b"Package: base\nStatus: install ok installed\nVersion: 1\n",
    f"{INFO}.list": paths(OWNED),
    f"{INFO}.md5sums": sums(OWNED),
    "var/lib/dpkg/diversions": b"/usr/bin/which\n/usr/bin/which.distrib\n:\n",
}


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRATIQUE_CACHE", str(tmp_path / "cache"))


def scanned(folder: Path, *layers: Mapping[str, bytes | Entry]) -> list[dict[str, Any]]:
    """Return every place of every sample of an image."""
    build_layout(folder, layers)
    result = CliRunner().invoke(pratique, ["scan", str(folder), "--format", "json"])
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)["samples"]
    return found


def samples(folder: Path, *layers: Mapping[str, bytes | Entry]) -> dict[str, tuple[str, str]]:
    """Return rule and level by path."""
    return {row["path"]: (row["rule"], row["level"]) for row in scanned(folder, *layers)}


def test_trojaned_program_and_set_uid_shell_are_found_in_upper_layers(tmp_path: Path) -> None:
    upper = {"usr/bin/ls": Entry(PATCHED, mode=0o755), "srv/.x": Entry(SHELL, mode=0o4755)}
    assert samples(tmp_path / "image", BASE, upper) == {
        "usr/bin/ls": ("changed_system_file", "warning"),
        "srv/.x": ("set_uid_outside_packages", "urgent"),
    }


def test_changed_settings_and_diverted_files_are_quiet(tmp_path: Path) -> None:
    upper: dict[str, bytes | Entry] = {
        "etc/profile.d/pager.sh": b"#!/bin/sh\n# another\n",
        "usr/bin/which": Entry(PATCHED, mode=0o755),
    }
    assert samples(tmp_path / "image", BASE, upper) == {}


def test_every_look_alike_is_found_in_the_layers_of_an_image(tmp_path: Path) -> None:
    layers: list[dict[str, bytes | Entry]] = [{}, {}, {}]
    hidden = {"opt/bare.com": eicar(), "opt/in.zip": zip_of({"a/e.com": eicar()})}
    hidden["app/outer.jar"] = zip_of({"BOOT-INF/lib/inner.jar": zip_of({"e.com": eicar()})})
    layers[1].update(hidden)
    layers[2].update({f"{path.rpartition('/')[0]}/.wh.{path.rpartition('/')[2]}": b"" for path in hidden})
    wanted = look_alikes()
    for sample in wanted:
        layers[0].setdefault(sample.path, sample.body)
    found = scanned(tmp_path / "image", *layers)
    first = {sample.path: sample for sample in reversed(wanted)}
    assert len(first) >= 60
    rules = {row["path"]: {rule["rule"]: rule["level"] for rule in row["rules"]} for row in found}
    assert {path: rules[path][sample.rule] for path, sample in first.items()} == {
        path: sample.level.value for path, sample in first.items()
    }
    deep = "app/outer.jar!/BOOT-INF/lib/inner.jar!/e.com"
    removed = {row["path"]: row["removed"] for row in found if row["layer"]["index"] == 1}
    assert removed == dict.fromkeys(("opt/bare.com", "opt/in.zip!/a/e.com", deep), True)
