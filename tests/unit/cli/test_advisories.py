from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pratique.advisories.database import open_database
from pratique.cli.advisories import advisories
from pratique.cli.advisory_file import cli_database_path, open_cli_database
from pratique.services.advisory_history import RevisionNotKept
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
    result = CliRunner().invoke(advisories, ["update", "--from", str(mirror)])
    assert result.exit_code == 0, result.output
    assert "osv/npm" in result.stdout
    assert "not in this mirror, so nothing is known of: amazon/1, amazon/2/core," in result.stdout
    assert open_database(cli_database_path()).ecosystems() == {"npm"}
    assert {path.name for path in cli_database_path().parent.iterdir()} == {
        "advisories.sqlite",
        "advisories.sqlite.kept",
    }
    assert "osv/npm" in CliRunner().invoke(advisories, ["status"]).stdout


def test_second_update_without_news_writes_only_ages(mirror: Path) -> None:
    CliRunner().invoke(advisories, ["update", "--from", str(mirror)])
    before = open_cli_database()
    result = CliRunner().invoke(advisories, ["update", "--from", str(mirror)])
    assert result.exit_code == 0, result.output
    assert "nothing changed" in result.stdout
    after = open_cli_database()
    assert (after.revision.revision, after.revision.built) == (before.revision.revision, before.revision.built)
    assert after.statements([("npm", "lodash")]) == before.statements([("npm", "lodash")])


def test_status_lists_records_that_could_not_be_read(mirror: Path) -> None:
    item = record("GHSA-jf85-cpcp-j695", "npm", "lodash", fixed_in("4.17.12"), aliases=["CVE-2019-10744"])
    write_zip(mirror / "osv" / "npm" / "all.zip", [item, *[b"{"] * 25])
    CliRunner().invoke(advisories, ["update", "--from", str(mirror)])
    short = CliRunner().invoke(advisories, ["status"]).stdout
    assert "osv/npm broken-1.json: not an OSV record" in short
    assert "and 5 more" in short
    assert CliRunner().invoke(advisories, ["status", "--refused"]).stdout.count("broken-") == 25


def test_database_of_another_time_is_opened_from_those_kept_beside(mirror: Path) -> None:
    CliRunner().invoke(advisories, ["update", "--from", str(mirror)])
    first = open_cli_database()
    lodash = record("GHSA-jf85-cpcp-j695", "npm", "lodash", fixed_in("4.17.21"), aliases=["CVE-2019-10744"])
    write_zip(mirror / "osv" / "npm" / "all.zip", [lodash])
    CliRunner().invoke(advisories, ["update", "--from", str(mirror)])
    status = CliRunner().invoke(advisories, ["status"]).stdout
    assert "kept for --as-of: " in status
    assert status.index(open_cli_database().revision.revision) < status.index(f"{first.revision.revision} since 20")
    then = open_cli_database(as_of=first.revision.revision)
    assert then.statements([("npm", "lodash")]) == first.statements([("npm", "lodash")])
    assert then.statements([("npm", "lodash")]) != open_cli_database().statements([("npm", "lodash")])
    with pytest.raises(RevisionNotKept):
        open_cli_database(as_of="2020-01-01")


def test_source_that_is_down_and_never_fetched_is_told_with_its_reason(mirror: Path) -> None:
    (mirror / "osv" / "PyPI").mkdir()
    (mirror / "osv" / "PyPI" / "all.zip").write_text("<html>")
    result = CliRunner().invoke(advisories, ["update", "--from", str(mirror)])
    assert "without data: osv/PyPI: the zip cannot be read" in result.stdout


def test_update_that_loses_a_known_finding_keeps_the_present_database(mirror: Path) -> None:
    CliRunner().invoke(advisories, ["update", "--from", str(mirror)])
    before = open_cli_database().revision
    write_zip(mirror / "osv" / "npm" / "all.zip", [record("GHSA-x", "npm", "x", fixed_in("1.0.0"))])
    result = CliRunner().invoke(advisories, ["update", "--from", str(mirror)])
    assert result.exit_code == 3
    assert "lodash" in result.stderr
    assert open_cli_database().revision == before


def test_update_from_nowhere_is_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(advisories, ["update", "--from", str(tmp_path / "absent")])
    assert result.exit_code == 3
    assert result.stderr.count("\n") == 1
    assert "no such folder" in result.stderr


def test_update_rebuilds_over_a_damaged_database(mirror: Path, cache: Path) -> None:
    cache.mkdir()
    cli_database_path().write_text("damaged")
    result = CliRunner().invoke(advisories, ["update", "--from", str(mirror)])
    assert result.exit_code == 0, result.output


def test_starter_set_stands_in_until_the_first_update() -> None:
    assert open_cli_database().revision.starter
    assert "starter set" in CliRunner().invoke(advisories, ["status"]).stdout


def test_database_that_is_named_and_missing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(advisories, ["status", "--database", str(tmp_path / "absent")])
    assert result.exit_code == 3
    monkeypatch.setenv("PRATIQUE_DATABASE", str(tmp_path / "absent"))
    assert CliRunner().invoke(advisories, ["status"]).exit_code == 3
