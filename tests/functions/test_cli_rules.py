"""``pratique rules`` on small packs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pratique.cli.main import pratique

GOOD = """rule good : high {
  meta:
    description = "Finds good things"
    family = "Good"
  strings:
    $a = "good"
  condition:
    $a
}
private rule hidden { condition: true }
"""
BROKEN = """rule fine { meta: score = 40 condition: filesize < 10 }

rule broken {
  condition:
    $missing
}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "acme"
    (folder / "more").mkdir(parents=True)
    (folder / "a.yar").write_text(GOOD)
    (folder / "more" / "b.yara").write_text(BROKEN)
    (folder / "pack.json").write_text('{"licence": "MIT", "revision": "7", "levels": {"good": "notice"}}')
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(pratique, ["rules", *map(str, arguments)])


def test_check_counts_rules_and_names_those_left_out(pack: Path) -> None:
    result = run("check", pack)
    assert result.exit_code == 0, result.stderr
    assert "acme (7, MIT): 2 rules in 2 files (0 urgent, 0 warning, 2 notice)" in result.stdout
    assert "1 left out, as they do not compile" in result.stdout
    for words in ("more/b.yara", "6", "broken", 'undefined string "$missing"'):
        assert words in result.stdout


def test_strict_check_ends_with_1_only_where_a_rule_is_left_out(pack: Path) -> None:
    assert run("check", "--strict", pack).exit_code == 1
    assert run("check", "--strict", pack / "a.yar").exit_code == 0


def test_check_as_json_has_every_rule_and_what_is_left_out(pack: Path, tmp_path: Path) -> None:
    result = run("check", pack, "--format", "json", "--output", tmp_path / "rules.json")
    assert (result.exit_code, result.stdout) == (0, "")
    (told,) = json.loads((tmp_path / "rules.json").read_text())["packs"]
    assert [(rule["name"], rule["level"], rule["family"], rule["path"]) for rule in told["rules"]] == [
        ("good", "notice", "Good", "a.yar"),
        ("fine", "notice", "", "more/b.yara"),
    ]
    (left,) = told["left_out"]
    assert (left["path"], left["line"], left["rule"]) == ("more/b.yara", 6, "broken")
    assert told["levels"] == {"urgent": 0, "warning": 0, "notice": 2}


def test_list_has_the_starter_rules_and_those_of_packs(pack: Path) -> None:
    result = run("list", pack)
    assert result.exit_code == 0, result.stderr
    assert "eicar_test_file" in result.stdout
    assert "Finds good things" in result.stdout
    assert "of 2 packs; 1 left out" in result.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.yar", "rule a { condition: $b }", "none of the rules compiles"),
        ("pack.json", '{"levels": {"gone": "notice"}}', "unknown rules: gone"),
        ("readme.txt", "", "no rule file"),
    ],
)
def test_pack_that_no_scan_could_use_is_refused(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    if name == "pack.json":
        (tmp_path / "a.yar").write_text(GOOD)
    result = run("check", tmp_path)
    assert result.exit_code == 2
    assert words in result.stderr
