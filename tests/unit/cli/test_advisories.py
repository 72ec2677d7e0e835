from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pratique.advisories.database import open_database
from pratique.cli.advisories import advisories_app
from pratique.cli.advisory_file import cli_database_path, open_cli_database
from tests.advisory_files import fixed_in, record, write_zip


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRATIQUE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PRATIQUE_DATABASE", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    item = record("GHSA-jf85-cpcp-j695", "npm", "lodash", fixed_in("4.17.12"), aliases=["CVE-2019-10744"])
    write_zip(tmp_path / "mirror" / "osv" / "npm" / "all.zip", [item])
    return tmp_path / "mirror"


def test_update_builds_the_kept_database_and_lists_its_sources(mirror: Path) -> None:
    result = CliRunner().invoke(advisories_app, ["update", "--from", str(mirror)])
    assert result.exit_code == 0, result.output
    assert "osv/npm" in result.stdout
    assert "without data: amazon/1, amazon/2/core, amazon/2/extras, amazon/2023/core, epss" in result.stdout
    assert open_database(cli_database_path()).ecosystems() == {"npm"}
    assert [path.name for path in cli_database_path().parent.iterdir()] == ["advisories.sqlite"]
    assert "osv/npm" in CliRunner().invoke(advisories_app, ["status"]).stdout


def test_update_that_loses_a_known_finding_keeps_the_present_database(mirror: Path) -> None:
    CliRunner().invoke(advisories_app, ["update", "--from", str(mirror)])
    before = open_cli_database().revision
    write_zip(mirror / "osv" / "npm" / "all.zip", [record("GHSA-x", "npm", "x", fixed_in("1.0.0"))])
    result = CliRunner().invoke(advisories_app, ["update", "--from", str(mirror)])
    assert result.exit_code == 3
    assert "lodash" in result.stderr
    assert open_cli_database().revision == before


def test_update_from_nowhere_is_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(advisories_app, ["update", "--from", str(tmp_path / "absent")])
    assert result.exit_code == 3
    assert result.stderr.count("\n") == 1
    assert "no such folder" in result.stderr


def test_update_rebuilds_over_a_damaged_database(mirror: Path, cache: Path) -> None:
    cache.mkdir()
    cli_database_path().write_text("damaged")
    result = CliRunner().invoke(advisories_app, ["update", "--from", str(mirror)])
    assert result.exit_code == 0, result.output


def test_starter_set_stands_in_until_the_first_update() -> None:
    assert open_cli_database().revision.starter
    assert "starter set" in CliRunner().invoke(advisories_app, ["status"]).stdout


def test_database_that_is_named_and_missing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(advisories_app, ["status", "--database", str(tmp_path / "absent")])
    assert result.exit_code == 3
    monkeypatch.setenv("PRATIQUE_DATABASE", str(tmp_path / "absent"))
    assert CliRunner().invoke(advisories_app, ["status"]).exit_code == 3
