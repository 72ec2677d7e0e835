from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pratique.cli import inventory_run
from pratique.cli.main import COMMANDS, pratique

_IMPORT_ONE = """
import json, sys
before = set(sys.modules)
import click
from pratique.cli.main import pratique
pratique.get_command(click.Context(pratique), sys.argv[1])
print(json.dumps(sorted(set(sys.modules) - before)))
"""
# What commands import when they are defined; the rest comes when they run.
_PACKAGES = {"pratique", "click", "msgspec", "typing_extensions"}
_COSTLY = {"sqlite3", "subprocess", "shutil", "asyncio", "ssl"}


@pytest.mark.parametrize("name", COMMANDS)
def test_named_command_is_imported_without_the_others_and_without_what_is_costly(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", _IMPORT_ONE, name], capture_output=True, text=True, check=True)
    imported = set(json.loads(done.stdout))
    assert imported & {f"pratique.cli.{other}" for other in COMMANDS} == {f"pratique.cli.{name}"}
    assert {module.partition(".")[0] for module in imported} - sys.stdlib_module_names <= _PACKAGES
    assert imported & _COSTLY == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_tells_how_it_is_used(name: str) -> None:
    shown = CliRunner().invoke(pratique, [name, "--help"])
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"Usage: pratique {name} ")
    assert f"\n  {name} " in CliRunner().invoke(pratique, ["--help"]).stdout


def test_bare_command_shows_the_help_as_wrong_usage() -> None:
    bare = CliRunner().invoke(pratique, [])
    assert (bare.exit_code, bare.stdout) == (2, "")
    assert bare.stderr == CliRunner().invoke(pratique, ["--help"]).stdout


@pytest.mark.parametrize("words", [["--format", "JSON"], ["--workers", "-1"], ["--workers", "many"], ["another"]])
def test_what_an_option_does_not_take_is_wrong_usage(words: list[str]) -> None:
    told = CliRunner().invoke(pratique, ["inventory", "image", *words])
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.count("Error: ") == 1


def test_interrupted_command_ends_as_shells_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(inventory_run, "run_inventory", interrupted)
    told = CliRunner().invoke(pratique, ["inventory", "image"])
    assert (told.exit_code, told.output) == (130, "")
