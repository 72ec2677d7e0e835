"""``pratique scan`` and ``pratique inventory`` on tiny real images."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pratique import __version__
from pratique.cli.main import pratique
from tests.image_builder import Entry, build_docker_archive, build_index, build_layout
from tests.image_builder import Layer as Files
from tests.look_alikes import eicar
from tests.unit.vex.csaf_documents import csaf, product

METADATA = b"Metadata-Version: 2.1\nName: %s\nVersion: %s\n\n"
STATUS = b"Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n\n"
SITE = "usr/lib/python3/dist-packages"
BASE: dict[str, bytes | Entry] = {
    "etc/os-release": b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "var/lib/dpkg/status": STATUS % (b"bash", b"5.2.15-2+b2"),
    f"{SITE}/PyYAML-5.1.dist-info/METADATA": METADATA % (b"PyYAML", b"5.1"),
    f"{SITE}/Flask-0.12.dist-info/METADATA": METADATA % (b"Flask", b"0.12"),
}
CLEAN: dict[str, bytes | Entry] = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "var/lib/dpkg/status": STATUS % (b"tzdata", b"9999a-0"),
}


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRATIQUE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def image(tmp_path: Path) -> Path:
    folder = tmp_path / "image"
    top: Files = {f"{SITE}/.wh.Flask-0.12.dist-info": b"", "opt/eicar.com": eicar()}
    build_layout(folder, [BASE, top], tag="1.0", created_by=["FROM debian:12", "COPY eicar.com /opt/"])
    return folder


def run(*arguments: str | Path, typed: str = "") -> Result:
    return CliRunner().invoke(pratique, [str(argument) for argument in arguments], input=typed)


def scanned(*arguments: str | Path) -> dict[str, Any]:
    result = run("scan", *arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


def test_scan_prints_what_it_found(image: Path) -> None:
    result = run("scan", image)
    assert result.exit_code == 0, result.stderr
    for words in ("Malicious samples", "EICAR-Test-File", "opt/eicar.com", "CVE-2020-14343", "Coverage:"):
        assert words in result.stdout


def test_scan_json_holds_packages_in_their_layers(image: Path) -> None:
    parsed = scanned(f"{image}:1.0")
    assert parsed["image"]["distribution"] == "debian 12"
    assert parsed["image"]["platform"] == "linux/amd64"
    sample = parsed["samples"][0]
    assert (sample["path"], sample["level"], sample["layer"]["index"]) == ("opt/eicar.com", "urgent", 1)
    assert sample["layer"]["created_by"] == "COPY eicar.com /opt/"
    yaml = next(row for row in parsed["vulnerabilities"] if row["package"]["name"] == "PyYAML")
    assert (yaml["category"], yaml["layer"]["index"]) == ("application", 0)
    assert not [row for row in parsed["vulnerabilities"] if row["package"]["name"] == "Flask"]


def test_scan_reads_docker_archives_alike(image: Path, tmp_path: Path) -> None:
    build_docker_archive(tmp_path / "image.tar", [BASE, {"opt/eicar.com": eicar()}])
    parsed = scanned(tmp_path / "image.tar")
    assert [row["path"] for row in parsed["samples"]] == ["opt/eicar.com"]


def test_scan_keeps_layer_reports_for_the_next_one(image: Path, tmp_path: Path) -> None:
    first = scanned(image)
    assert list((tmp_path / "cache" / "layers").rglob("*.json.zst"))
    # The advisories are some seconds older by then.
    ages = [first["coverage"].pop("advisory_age_seconds")]
    for again in (scanned(image), scanned(image, "--no-cache")):
        ages.append(again["coverage"].pop("advisory_age_seconds"))
        assert again == first
    assert ages == sorted(ages)


def test_scan_writes_to_a_file(image: Path, tmp_path: Path) -> None:
    result = run("scan", image, "--output", tmp_path / "report.txt")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "EICAR-Test-File" in (tmp_path / "report.txt").read_text()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("bad.txt", "{sha256}  a known one"),
        ("bad.txt", "{md5}"),
        ("bad.hdb", "{md5}:{size}:Unix.Test.Known-1"),
        ("bad.hsb", "{sha1}:*:Unix.Test.Known-1:73"),
    ],
)
def test_scan_looks_files_up_in_lists_of_hashes(tmp_path: Path, name: str, line: str) -> None:
    body = b"#!/bin/sh\necho known\n"
    build_layout(tmp_path / "image", [{"opt/known.sh": body}])
    assert scanned(tmp_path / "image")["samples"] == []
    digests = {kind: hashlib.new(kind, body).hexdigest() for kind in ("md5", "sha1", "sha256")}
    (tmp_path / name).write_text(f"# known\n{line.format(size=len(body), **digests)}\nno hash\n")
    (sample,) = scanned(tmp_path / "image", "--hashes", tmp_path / name)["samples"]
    assert (sample["path"], sample["level"], sample["rules"][0]["pack"]) == ("opt/known.sh", "urgent", name)
    assert "1 lines are of no known form" in run("scan", tmp_path / "image", "--hashes", tmp_path / name).stderr


def test_scan_refuses_a_list_without_hashes(image: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("nothing\n")
    for path, words in ((tmp_path / "empty.txt", "no hash is in it"), (tmp_path / "gone.txt", "No such file")):
        result = run("scan", image, "--hashes", path)
        assert (result.exit_code, words in result.stderr) == (2, True)


ALLOWED_FILE = '[[allow]]\nrule = "starter/eicar_test_file"\npath = "/opt/**"\nreason = "our test file"\n'


def test_scan_keeps_allowed_samples_quiet_and_visible(image: Path, tmp_path: Path) -> None:
    (tmp_path / "allow.toml").write_text(ALLOWED_FILE)
    options = ("scan", image, "--fail-on", "notice")
    assert run(*options).exit_code == 1
    allowed = run(*options, "--allow-list", tmp_path / "allow.toml")
    assert allowed.exit_code == 0, allowed.stderr
    assert "0 malicious samples" in allowed.stdout
    assert "1 malicious samples are on the allow-list" in allowed.stdout
    assert "allowed by allow.toml#1" in allowed.stdout.replace("\n", " ")
    parsed = scanned(image, "--allow-list", tmp_path / "allow.toml")
    assert [row["allowed_by"] for row in parsed["samples"]] == ["allow.toml#1"]
    assert (parsed["summary"]["samples"], parsed["summary"]["allowed"]) == (0, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ALLOWED_FILE.replace("our test file", " "), "entry 1 needs a reason"),
        (ALLOWED_FILE.replace('path = "/opt/**"\n', ""), "either a sample, or a rule and a path"),
        (ALLOWED_FILE + "expires = 2027-01-01T00:00:00\n", "needs a time zone"),
        (ALLOWED_FILE.replace("[[allow]]", "[[allowed]]"), "allowed"),
    ],
)
def test_scan_refuses_an_allow_list_that_says_nothing(image: Path, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "allow.toml").write_text(text)
    result = run("scan", image, "--allow-list", tmp_path / "allow.toml")
    assert (result.exit_code, words in result.stderr) == (2, True)


def test_scan_makes_cyclonedx_with_vulnerabilities(image: Path) -> None:
    result = run("scan", image, "--format", "cyclonedx")
    parsed = json.loads(result.stdout)
    assert parsed["specVersion"] == "1.6"
    assert "CVE-2020-14343" in {row["id"] for row in parsed["vulnerabilities"]}


def test_scan_names_the_security_hub_that_was_given(image: Path) -> None:
    for some in ([], ["--asff-account", "123456789012"], ["--asff-account", "12", "--asff-region", "eu-west-1"]):
        refused = run("scan", image, "--format", "asff", *some)
        assert (refused.exit_code, refused.stdout) == (2, "")
    made = run("scan", image, "--format", "asff", "--asff-account", "123456789012", "--asff-region", "cn-north-1")
    assert made.exit_code == 0, made.stderr
    products = {one["ProductArn"] for one in json.loads(made.stdout)["Findings"]}
    assert products == {"arn:aws-cn:securityhub:cn-north-1:123456789012:product/123456789012/default"}


def openvex() -> tuple[dict[str, Any], str]:
    statement = {
        "vulnerability": {"name": "CVE-2020-14343"},
        "products": [{"@id": "pkg:pypi/pyyaml@5.1"}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
    }
    open_one = {"vulnerability": {"name": "CVE-2020-1747"}, "products": statement["products"], "status": "affected"}
    document = {"@context": "https://openvex.dev/ns/v0.2.0", "author": "shop team", "timestamp": "2025-01-01T00:00:00Z"}
    return {**document, "statements": [statement, open_one]}, "$.statements[1]: status affected"


def csaf_vex() -> tuple[dict[str, Any], str]:
    products = [product("Y", "pkg:pypi/pyyaml@5.1"), product("N", cpe="cpe:/a:shop:shop:1")]
    return csaf({"known_not_affected": ["Y", "N"]}, products=products, cve="CVE-2020-14343"), "named by a CPE"


def cyclonedx_vex() -> tuple[dict[str, Any], str]:
    flaws = [
        {"id": name, "analysis": {"state": state}, "affects": [{"ref": "pkg:pypi/pyyaml@5.1"}]}
        for name, state in (("CVE-2020-14343", "resolved"), ("CVE-2020-1747", "exploitable"))
    ]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": flaws}
    return document, "$.vulnerabilities[1].affects[0]: status affected"


@pytest.mark.parametrize("made", [openvex, csaf_vex, cyclonedx_vex])
def test_scan_suppresses_what_a_vex_document_states(
    image: Path, tmp_path: Path, made: Callable[[], tuple[dict[str, Any], str]]
) -> None:
    document, told = made()
    vex = tmp_path / "vex.json"
    vex.write_text(json.dumps(document))
    result = run("scan", image, "--vex", vex, "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert told in result.stderr
    by = {row["id"]: row["suppressed_by"] for row in json.loads(result.stdout)["vulnerabilities"]}
    assert by["CVE-2020-14343"] == "vex.json#1"
    assert not by["CVE-2020-1747"]
    vex.write_text("{")
    broken = run("scan", image, "--vex", vex)
    assert broken.exit_code == 2
    assert str(vex) in broken.stderr.replace("\n", "")


@pytest.mark.parametrize(
    ("thresholds", "status"), [(["urgent"], 1), (["notice"], 1), (["high"], 1), (["low", "urgent"], 1), ([], 0)]
)
def test_scan_ends_with_1_where_a_threshold_is_reached(image: Path, thresholds: list[str], status: int) -> None:
    result = run("scan", image, *(word for threshold in thresholds for word in ("--fail-on", threshold)))
    assert result.exit_code == status
    assert "EICAR-Test-File" in result.stdout


def test_scan_ends_with_0_where_no_threshold_is_reached(tmp_path: Path) -> None:
    build_layout(tmp_path / "clean", [CLEAN])
    result = run("scan", tmp_path / "clean", "--fail-on", "low", "--fail-on", "notice")
    assert result.exit_code == 0, result.stdout
    assert "0 vulnerabilities" in result.stdout


@pytest.mark.parametrize(
    "options",
    [
        ["--fail-on", "dreadful"],
        ["--format", "xml"],
        ["--platform", "linux"],
        ["--username", "me"],
        ["--password-stdin"],
        ["--rules", "absent"],
        ["--database", "absent.sqlite"],
        ["--output", "absent/folder/file"],
        ["--no-such-option"],
    ],
)
def test_scan_ends_with_2_for_wrong_usage(image: Path, options: list[str]) -> None:
    result = run("scan", image, *options)
    assert result.exit_code == 2
    assert result.stderr
    assert "Traceback" not in result.stderr


def test_scan_without_a_target_is_wrong_usage() -> None:
    assert run("scan").exit_code == 2


@pytest.mark.parametrize("make", ["absent", "empty", "text", "unreachable", "tag"])
@pytest.mark.parametrize("command", ["scan", "inventory"])
def test_wrong_target_gives_one_clear_line_and_3(image: Path, tmp_path: Path, command: str, make: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.tar").write_text("this is no archive")
    targets: dict[str, str | Path] = {
        "absent": tmp_path / "absent.tar",
        "empty": tmp_path / "empty",
        "text": tmp_path / "text.tar",
        "unreachable": "127.0.0.1:9/app:1",
        "tag": f"{image}:2.0",
    }
    result = run(command, targets[make], "--allow-http")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("pratique: ")


def test_scan_ends_with_3_where_no_layer_can_be_read(image: Path) -> None:
    for blob in (image / "blobs" / "sha256").iterdir():
        if not blob.read_bytes().startswith(b"{"):
            blob.write_bytes(b"lost")
    result = run("scan", image)
    assert result.exit_code == 3
    assert "Coverage: failed" in result.stdout
    assert run("inventory", image).exit_code == 3


def test_scan_is_partial_where_one_layer_cannot_be_read(tmp_path: Path) -> None:
    build_layout(tmp_path / "image", [CLEAN, {"opt/a": Entry(b"a")}])
    manifest = next(
        parsed
        for blob in (tmp_path / "image" / "blobs" / "sha256").iterdir()
        if blob.read_bytes().startswith(b"{") and "layers" in (parsed := json.loads(blob.read_bytes()))
    )
    lost = manifest["layers"][1]["digest"].partition(":")[2]
    (tmp_path / "image" / "blobs" / "sha256" / lost).write_bytes(b"lost")
    parsed = scanned(tmp_path / "image")
    assert parsed["status"] == "partial"
    assert "layer_unreadable" in {reason["code"] for reason in parsed["coverage"]["reasons"]}
    assert "Clean" not in run("scan", tmp_path / "image").stdout


def test_scan_of_several_platforms_takes_the_usual_one_and_says_so(tmp_path: Path) -> None:
    arm: Files = {**CLEAN, "opt/eicar.com": eicar()}
    build_index(tmp_path / "image", {"linux/arm64": [arm], "linux/amd64": [CLEAN]})
    result = run("scan", tmp_path / "image", "--format", "json")
    assert json.loads(result.stdout)["image"]["platform"] == "linux/amd64"
    assert "taking linux/amd64" in result.stderr
    chosen = run("scan", tmp_path / "image", "--format", "json", "--platform", "linux/arm64")
    assert json.loads(chosen.stdout)["samples"]
    assert chosen.stderr == ""
    assert run("scan", tmp_path / "image", "--platform", "linux/s390x").exit_code == 3


def test_scan_applies_further_rules(image: Path, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    text = 'rule own { meta: level = "notice" strings: $a = "yaml" condition: $a }\nrule broken { condition: absent }\n'
    (tmp_path / "rules" / "own.yar").write_text(text)
    build_layout(tmp_path / "app", [{**CLEAN, "opt/app.py": b"import yaml\n"}])
    result = run("scan", tmp_path / "app", "--rules", tmp_path / "rules", "--format", "json")
    assert [row["rule"] for row in json.loads(result.stdout)["samples"]] == ["own"]
    assert "rule left out" in result.stderr


def test_inventory_lists_packages_and_no_findings(image: Path) -> None:
    result = run("inventory", image, "--format", "json")
    parsed = json.loads(result.stdout)
    assert {row["name"] for row in parsed["packages"]} == {"bash", "PyYAML"}
    assert "samples" not in parsed
    table = run("inventory", image)
    assert "PyYAML" in table.stdout
    assert "CVE" not in table.stdout
    for form in ("cyclonedx", "cyclonedx-json"):
        assert json.loads(run("inventory", image, "--format", form).stdout)["bomFormat"] == "CycloneDX"
    for form in ("spdx", "spdx-json"):
        assert json.loads(run("inventory", image, "--format", form).stdout)["spdxVersion"] == "SPDX-2.3"


def test_version_is_printed() -> None:
    assert run("--version").stdout == f"pratique {__version__}\n"


def test_help_names_the_commands() -> None:
    shown = run("--help").stdout
    for word in ("scan", "inventory", "advisories", "up", "push"):
        assert word in shown


def test_installed_program_tells_of_mistakes() -> None:
    code = "import sys; sys.argv[:1] = ['pratique']; from pratique.cli.start import start; start()"
    done = subprocess.run([sys.executable, "-c", code, "sacn", "x"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command 'sacn'" in done.stderr
    assert "scan" in done.stderr.replace("sacn", "")


def test_lock_files_are_read_on_request_only(tmp_path: Path) -> None:
    lock = b"[[package]]\nname = 'serde'\nversion = '1.0.1'\nsource = 'registry+https://example.test/index'\n"
    build_layout(tmp_path / "image", [{**BASE, "app/Cargo.lock": b"version = 3\n" + lock.replace(b"'", b'"')}])
    target = str(tmp_path / "image")
    without, with_them = (
        json.loads(run("inventory", target, "--format", "json", *options).stdout) for options in ((), ("--lock-files",))
    )
    assert "serde" not in {package["name"] for package in without["packages"]}
    assert "serde" in {package["name"] for package in with_them["packages"]}
