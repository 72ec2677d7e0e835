"""The service is scanned by itself: what ``make sbom`` and ``make audit`` are made of, on a small build."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from pratique.cli.main import pratique
from tests.advisory_feed import write_feed

PROJECT = Path(__file__).resolve().parents[2]
METADATA = "Metadata-Version: 2.1\nName: examplelib\nVersion: 1.4\n\n"


def own_image() -> ModuleType:
    spec = importlib.util.spec_from_file_location("own_image", PROJECT / "requirements" / "own_image.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRATIQUE_CACHE", str(tmp_path / "cache"))
    built = tmp_path / "build"
    package = built / "DependenciesLayer" / "python" / "examplelib-1.4.dist-info" / "METADATA"
    handler = built / "TickFunction" / "handler.py"
    for path, text in ((package, METADATA), (handler, "def lambda_handler(): ...\n")):
        path.parent.mkdir(parents=True)
        path.write_text(text)
    assert own_image().write_own_image(built, tmp_path / "image") == 2
    return tmp_path / "image"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(pratique, [str(argument) for argument in arguments])


def test_bill_of_materials_holds_what_is_deployed(image: Path, tmp_path: Path) -> None:
    done = run("inventory", image, "--no-cache", "--format", "cyclonedx", "--output", tmp_path / "sbom.json")
    assert done.exit_code == 0, done.output
    bill = json.loads((tmp_path / "sbom.json").read_text())
    assert "pkg:pypi/examplelib@1.4" in {component.get("purl") for component in bill["components"]}


@pytest.mark.parametrize(("fixed", "status"), [("1.5", 1), ("1.4", 0)])
def test_audit_fails_on_a_high_finding_and_on_no_other(image: Path, tmp_path: Path, fixed: str, status: int) -> None:
    write_feed(tmp_path / "feeds", {"CVE-2099-0001": fixed}, severity="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
    database = tmp_path / "audit.sqlite"
    updated = run("advisories", "update", "--from", tmp_path / "feeds", "--database", database)
    assert updated.exit_code == 0, updated.output
    done = run("scan", image, "--no-cache", "--database", database, "--fail-on", "high")
    assert done.exit_code == status, done.output
    assert ("CVE-2099-0001" in done.output) is (status == 1)


def test_advisories_that_are_not_there_are_said(tmp_path: Path) -> None:
    done = run("advisories", "update", "--from", tmp_path / "none", "--database", tmp_path / "audit.sqlite")
    assert done.exit_code != 0
    assert str(tmp_path / "none") in done.output.replace("\n", "")


def test_nothing_built_is_said(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="make build"):
        own_image().write_own_image(tmp_path / "none", tmp_path / "image")
