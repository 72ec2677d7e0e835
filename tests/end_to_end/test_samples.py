"""People work through samples: they are found, decided about, allowed, come back, and are hunted with a new rule."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pratique.model.image import ImageId
from pratique.model.sample import Level
from tests.end_to_end.estate import Estate
from tests.image_builder import build_layout
from tests.look_alikes import HOST, LookAlike, eicar, elf, look_alikes

pytestmark = [
    pytest.mark.integration,
    pytest.mark.xdist_group("system"),
    # On this one machine handlers run side by side in threads, which share the metrics that each would have alone.
    pytest.mark.filterwarnings("ignore:No application metrics"),
]

REPOSITORY = "team/samples"
NEW_RULE = f"""rule pool_in_script {{
    meta:
        level = "urgent"
        family = "New family"
        description = "Script that names the pool"
    strings:
        $pool = "{HOST}"
    condition:
        uint16(0) == 0x2123 and $pool
}}"""


WARNING = Level.WARNING


def installed(package: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return dpkg's words about one package."""
    info = f"var/lib/dpkg/info/{package}"
    return {
        "var/lib/dpkg/status": f"Package: {package}\nStatus: install ok installed\nVersion: 1\n".encode(),
        f"{info}.list": "".join(f"/{path}\n" for path in files).encode(),
        f"{info}.md5sums": "".join(f"{md5(body)}  {path}\n" for path, body in files.items()).encode(),
    }


def md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def look_alike(rule: str) -> LookAlike:
    return next(one for one in look_alikes() if one.rule == rule)


SHELL, MINER = look_alike("php_runs_request"), look_alike("miner_start_script")
EICAR_FILE = LookAlike("srv/upload/test.com", eicar(), "eicar_test_file", MINER.level)
FOLDER, _, NAME = SHELL.path.rpartition("/")
LS, TROJAN = elf("lists files"), LookAlike("usr/bin/ls", elf("lists files, hides some"), "changed_system_file", WARNING)
# A sample in each of the upper layers; the last one deletes that of the layer below, and replaces a package's program.
LAYERS = [
    {"opt/tool": elf("nothing to see"), TROJAN.path: LS, **installed("coreutils", {TROJAN.path: LS})},
    {EICAR_FILE.path: EICAR_FILE.body},
    {SHELL.path: SHELL.body},
    {MINER.path: MINER.body, f"{FOLDER}/.wh.{NAME}": b"", TROJAN.path: TROJAN.body},
]


def key(sample: LookAlike) -> str:
    return hashlib.sha256(sample.body).hexdigest()


def samples(estate: Estate, **query: str) -> dict[str, dict[str, Any]]:
    items = estate.get("/v1/samples", repository=REPOSITORY, limit="100", **query)["items"]
    return {item["sha256"]: item for item in items}


def decide(estate: Estate, sample: LookAlike, status: str, note: str) -> None:
    path = f"/v1/samples/{key(sample)}"
    version = estate.get(path)["version"]
    answer = estate.call("PATCH", path, {"status": status, "note": note}, if_match=f'"{version}"')
    assert (answer.status, answer.json["status"]) == (200, status)


def scan(estate: Estate, folder: Path, layers: list[dict[str, bytes]], tag: str) -> ImageId:
    build_layout(folder, layers)
    image = estate.scan(folder, REPOSITORY, tag)
    estate.await_(lambda: str(image) in holders(estate, MINER))
    return image


def holders(estate: Estate, sample: LookAlike) -> dict[str, dict[str, Any]]:
    answer = estate.call("GET", f"/v1/samples/{key(sample)}/images", repository=REPOSITORY, limit="100")
    return {item["image"]["id"]: item for item in answer.json["items"]} if answer.status == 200 else {}


def hunt(estate: Estate, *options: str) -> str:
    command = [sys.executable, "-m", "pratique.cli.main", "hunt", "--folder", str(estate.folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def first(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageId]:
    image = scan(estate, tmp_path_factory.mktemp("first") / "layout", LAYERS, "1.0")
    estate.await_(lambda: len(samples(estate)) == 4)
    yield image
    # The other tests of this system shall meet the rules that it began with.
    if estate.call("DELETE", "/v1/rules/new").status == 200:
        hunt(estate, "--scope", f"R#{image.instance}/none")


def test_samples_of_every_layer_are_found_the_removed_one_too(estate: Estate, first: ImageId) -> None:
    levels = {sample: found["level"] for sample, found in samples(estate).items()}
    assert levels == {**dict.fromkeys(map(key, (EICAR_FILE, SHELL, MINER)), "urgent"), key(TROJAN): "warning"}
    places = {one.rule: holders(estate, one)[str(first)] for one in (EICAR_FILE, SHELL, MINER, TROJAN)}
    told = {
        rule: (place["present"], [(file["path"], file["layer"]["index"], file["removed"]) for file in place["files"]])
        for rule, place in places.items()
    }
    assert told == {
        "eicar_test_file": (True, [(EICAR_FILE.path, 1, False)]),
        "php_runs_request": (False, [(SHELL.path, 2, True)]),
        "miner_start_script": (True, [(MINER.path, 3, False)]),
        "changed_system_file": (True, [(TROJAN.path, 3, False)]),
    }
    page = estate.get(f"/v1/samples/{key(MINER)}")
    (rule,) = (rule for rule in page["rules"] if rule["rule"] == "miner_start_script")
    assert rule["hits"]
    assert all(hit["offset"] < len(MINER.body) for hit in rule["hits"])
    assert "mining" in page["behaviours"]
    assert (page["status"], page["history"]) == ("unhandled", [])


def test_changed_program_says_which_checksum_its_package_has(estate: Estate, first: ImageId) -> None:
    assert str(first) in holders(estate, TROJAN)
    (rule,) = estate.get(f"/v1/samples/{key(TROJAN)}")["rules"]
    assert (rule["pack"], rule["rule"], rule["detector"]) == ("structure", "changed_system_file", "structure")
    assert f"its MD5 is {md5(TROJAN.body)}, the package says {md5(LS)}" in rule["description"]


def test_decisions_are_kept_and_the_allowed_sample_leaves_the_counts(estate: Estate, first: ImageId) -> None:
    decide(estate, EICAR_FILE, "handled", "the upload folder was emptied")
    decide(estate, MINER, "ignored", "a test file of ours")
    decide(estate, SHELL, "allowlisted", "kept to train people")
    estate.await_(lambda: set(samples(estate)) == {key(EICAR_FILE), key(MINER), key(TROJAN)})
    (quiet,) = samples(estate, quiet="true").values()
    assert (quiet["sha256"], quiet["status"], quiet["quiet_images"]) == (key(SHELL), "allowlisted", 1)
    (entry,) = estate.get(f"/v1/samples/{key(SHELL)}")["allowed_by"]
    assert (entry["reason"], entry["state"]) == ("kept to train people", "active")
    place = holders(estate, SHELL)[str(first)]
    assert (place["state"], [file["allowed_by"] for file in place["files"]]) == ("ignored", [entry["id"]])
    assert estate.get(estate.path(first))["samples"] == {"urgent": 2, "warning": 1, "notice": 0}


def test_handled_sample_that_the_next_push_brings_back_is_unhandled(
    estate: Estate, first: ImageId, tmp_path: Path
) -> None:
    second = scan(estate, tmp_path / "layout", [*LAYERS, {"etc/release": b"2"}], "2.0")
    estate.await_(lambda: len(holders(estate, EICAR_FILE)) == 2)
    history = estate.get(f"/v1/samples/{key(EICAR_FILE)}")["history"]
    back, before = history
    assert (back["status"], back["by"], back["note"]) == ("unhandled", "pratique", f"came back in {second}")
    assert before["note"] == "the upload folder was emptied"
    assert estate.get(f"/v1/samples/{key(MINER)}")["status"] == "ignored"
    assert holders(estate, SHELL)[str(second)]["state"] == "ignored"
    assert first != second


def test_hunt_with_a_new_rule_reads_only_layers_that_hold_scripts(
    estate: Estate, first: ImageId, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "rules.yar").write_text(NEW_RULE)
    scope = f"R#{first.instance}/{REPOSITORY}"
    told = hunt(estate, "--rules", str(tmp_path / "new"), "--scope", scope)
    # Of the layers of both images one holds a program alone, and one nothing that is scanned.
    assert "of 3 layers read, 2 layers known without reading; 2 images judged again" in told
    assert "0 bytes" not in told
    page = estate.await_(
        lambda: page if (page := estate.get(f"/v1/samples/{key(MINER)}"))["name"] == "New family" else None
    )
    assert {rule["pack"] for rule in page["rules"]} == {"starter", "new"}
    assert len(holders(estate, MINER)) == 2
    assert "0 bytes of 0 layers read" in hunt(estate, "--scope", scope)
