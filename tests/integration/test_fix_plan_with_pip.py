"""pip runs the commands of a fix plan, and a rescan finds what was predicted, copy by copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pip
import pytest

from pratique.advisories.database import SqliteDatabase
from tests.advisory_files import database_of, fixed_in, record
from tests.integration.fix_plan import carried_out

pytestmark = pytest.mark.integration

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
SITE = f"lib/{PYTHON}/site-packages"


def wheel(folder: Path, name: str, version: str) -> Path:
    """An offline wheel with one module."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/__init__.py", f"VERSION = {version!r}\n")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", f"{name}/__init__.py,,\n{about}/METADATA,,\n{about}/RECORD,,\n")
    return path


@dataclass(frozen=True)
class PythonRoot:
    """A root folder with two virtual environments in it, and a folder of wheels that is all pip may ask."""

    root: Path
    wheels: Path
    runner: Path

    def pip(self, environment: str, *arguments: str) -> None:
        self._run([str(self.root / environment / "bin/python"), "-m", "pip", "install", *arguments])

    def run(self, command: str) -> None:
        """Run a command of the plan; what stands under ``/`` in the image stands under the root here."""
        here = command
        for folder in ("opt", "srv", "var", "usr"):
            here = here.replace(f" /{folder}/", f" {self.root}/{folder}/")
            here = here.replace(f"/{folder}/", f"{self.root}/{folder}/", 1) if here.startswith(f"/{folder}/") else here
        self._run(["sh", "-e", "-c", here])

    def _run(self, command: list[str]) -> None:
        environment = {
            "PATH": f"{self.root}/opt/venv/bin:{os.environ['PATH']}",
            "HOME": str(self.root),
            "PYTHONPATH": str(self.runner),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_COMPILE": "1",
            "PIP_NO_CACHE_DIR": "1",
            "PIP_CONFIG_FILE": os.devnull,
        }
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def python_root(tmp_path_factory: pytest.TempPathFactory) -> PythonRoot:
    folder = tmp_path_factory.mktemp("python")
    root, wheels = folder / "root", folder / "wheels"
    wheels.mkdir()
    for name in ("alpha", "beta", "gamma", "delta"):
        for version in ("1.0", "2.0", "3.0"):
            wheel(wheels, name, version)
    made = PythonRoot(root, wheels, folder / "pip")
    # The pip of the tests without its metadata: the environments see none, and need no copy of their own.
    (folder / "pip").mkdir()
    (folder / "pip/pip").symlink_to(Path(pip.__file__).parent)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / "opt/venv"], check=True, capture_output=True)
    shutil.copytree(root / "opt/venv", root / "srv/venv", symlinks=True)
    made.pip("opt/venv", "alpha==1.0", "beta==1.0", "gamma==1.0")
    made.pip("srv/venv", "alpha==1.0")
    made.pip("opt/venv", "--target", str(root / "var/task"), "alpha==1.0", "delta==1.0")
    site = root / "opt/venv" / SITE
    # What no command reaches: a copy that another distribution ships, and a wheel that lies ready.
    made.pip("opt/venv", "--target", str(site / "gamma/_vendor"), "alpha==1.0")
    ready = root / "usr/share/python-wheels"
    ready.mkdir(parents=True)
    shutil.copy(wheels / "alpha-1.0-py3-none-any.whl", ready)
    # distutils kept one file, and pip does not know which other files belong to it.
    (site / "delta").mkdir()
    (site / "delta-1.0.egg-info").write_text("Metadata-Version: 1.0\nName: delta\nVersion: 1.0\n")
    return made


@pytest.fixture(scope="module")
def python_database(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabase:
    return database_of(
        tmp_path_factory.mktemp("advisories"),
        record("CVE-2026-1", "PyPI", "alpha", fixed_in("2.0")),
        record("CVE-2026-2", "PyPI", "beta", fixed_in("2.0")),
        record("CVE-2026-3", "PyPI", "beta", [{"introduced": "2.0"}, {"fixed": "3.0"}]),
        record("CVE-2026-4", "PyPI", "gamma", [{"introduced": "0"}]),
        record("CVE-2026-5", "PyPI", "delta", fixed_in("2.0")),
    )


def test_pip_mends_every_copy_that_the_plan_says_and_no_other(
    python_root: PythonRoot, python_database: SqliteDatabase, tmp_path: Path
) -> None:
    plan, before, after = carried_out(python_root.root, python_database, tmp_path, python_root.run)
    commands = " ; ".join(step.command for step in plan.steps)
    for place in ("/opt/venv/bin/python", "/srv/venv/bin/python", "--target /var/task"):
        assert place in commands
    by_hand = {
        package.place.split(" in layer")[0].lstrip("/")
        for step in plan.steps
        if not step.command
        for package in step.packages
    }
    vendored = f"opt/venv/{SITE}/gamma/_vendor/alpha-1.0.dist-info/METADATA"
    assert by_hand == {vendored, "usr/share/python-wheels/alpha-1.0-py3-none-any.whl"}
    left = {(one.id, one.package) for one in plan.left}
    assert left == {("CVE-2026-4", "gamma")}
    predicted = {pair for pair in before.pairs if pair[1] not in by_hand and pair[0] != "CVE-2026-4"}
    assert len(predicted) == 6
    assert before.pairs - after.pairs == predicted
    assert after.pairs - before.pairs == set()
    # Bounds are lower ones where several packages are moved, so pip takes what is newest.
    assert {one.package.version for one in after.inventory.packages if one.package.name == "delta"} == {"3.0"}
