"""``pratique plan``, ``compare`` and ``scan --policy`` on tiny real images and a database of one advisory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pratique.cli.advisory_file import open_cli_database
from tests.advisory_files import database_of, fixed_in, record, write_zip
from tests.functions.test_cli_scan import BASE, METADATA, SITE, run
from tests.image_builder import build_layout


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database file that knows one flaw of PyYAML, mended in 5.4."""
    monkeypatch.setenv("PRATIQUE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "advisories").mkdir()
    flaw = record("GHSA-1", "PyPI", "pyyaml", fixed_in("5.4"), aliases=["CVE-2020-1"])
    database_of(tmp_path / "advisories", flaw)
    return tmp_path / "advisories/advisories.sqlite"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    build_layout(tmp_path / "old", [BASE], created_by=["COPY site /usr"])
    return tmp_path / "old"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    mended = {name: body for name, body in BASE.items() if "PyYAML" not in name}
    build_layout(
        tmp_path / "new", [{**mended, f"{SITE}/PyYAML-6.0.dist-info/METADATA": METADATA % (b"PyYAML", b"6.0")}]
    )
    return tmp_path / "new"


def test_plan_tells_the_step_and_what_it_removes(old: Path, database: Path) -> None:
    result = run("plan", old, "--database", database, "--format", "json")
    assert result.exit_code == 0, result.stderr
    (step,) = json.loads(result.stdout)["steps"]
    assert [package["target"] for package in step["packages"]] == ["5.4"]
    assert "CVE-2020-1" in json.dumps(step)
    assert "PyYAML==5.4" in run("plan", old, "--database", database).stdout.replace("\n", "")


def test_plan_is_written_to_a_file(old: Path, database: Path, tmp_path: Path) -> None:
    result = run("plan", old, "--database", database, "--format", "json", "--output", tmp_path / "plan.json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads((tmp_path / "plan.json").read_text())["steps"]


def test_compare_tells_what_the_second_image_mends(old: Path, new: Path, database: Path) -> None:
    result = run("compare", old, new, "--database", database, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert [one["id"] for one in found["fixed"]] == ["CVE-2020-1"]
    assert (found["added"], found["unchanged"]) == ([], [])
    assert "1 added, 0 fixed, 0 unchanged" in run("compare", new, old, "--database", database).stdout


@pytest.mark.parametrize("command", ["plan", "compare"])
def test_image_that_is_not_there_ends_with_one_line(command: str, old: Path, database: Path, tmp_path: Path) -> None:
    targets = [tmp_path / "absent"] if command == "plan" else [old, tmp_path / "absent"]
    result = run(command, *targets, "--database", database)
    assert result.exit_code == 3
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ('priority = "low"', 1, "policy failed: priority: CVE-2020-1 in PyYAML 5.1"),
        ("known_exploited = true", 0, ""),
        ('status = ["complete"]', 1, "policy failed: status: the scan ended"),
        ('priorty = "low"', 2, "priorty: no rule of a policy has this name"),
        ("priority = ", 2, "policy.toml"),
    ],
)
def test_scan_is_failed_by_a_policy_with_its_reason(
    old: Path, database: Path, tmp_path: Path, text: str, status: int, told: str
) -> None:
    (tmp_path / "policy.toml").write_text(text)
    result = run("scan", old, "--database", database, "--policy", tmp_path / "policy.toml", "--format", "json")
    assert (result.exit_code, told in result.stderr) == (status, True), result.stderr


def test_suppressions_that_match_nothing_are_told(old: Path, database: Path, tmp_path: Path) -> None:
    entry = '[[suppression]]\nvulnerability = "{}"\nreason = "never reached"\n'
    file = tmp_path / "known.toml"
    file.write_text(entry.format("CVE-2020-1") + entry.format("CVE-2019-9"))
    result = run("scan", old, "--database", database, "--suppressions", file, "--format", "json")
    assert "1 of 2 match nothing in this image: known.toml#2" in result.stderr.replace("\n", " ")
    assert json.loads(result.stdout)["summary"]["suppressed"] == 1
    file.write_text(entry.format("CVE-2020-1"))
    assert "match nothing" not in run("scan", old, "--database", database, "--suppressions", file).stderr


def test_compare_tells_what_advisories_changed(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRATIQUE_CACHE", str(tmp_path / "cache"))
    feed = tmp_path / "feed/osv/PyPI/all.zip"
    write_zip(feed, [record("GHSA-0", "PyPI", "other", fixed_in("1"))])
    assert run("advisories", "update", "--from", tmp_path / "feed").exit_code == 0
    first = open_cli_database().revision.revision
    write_zip(feed, [record("GHSA-1", "PyPI", "pyyaml", fixed_in("5.4"), aliases=["CVE-2020-1"])])
    assert run("advisories", "update", "--from", tmp_path / "feed").exit_code == 0
    result = run("compare", old, old, "--as-of", first, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert ([one["id"] for one in found["added"]], found["fixed"]) == (["CVE-2020-1"], [])
    assert run("compare", old, old, "--as-of", "2001-01-01").exit_code == 2
