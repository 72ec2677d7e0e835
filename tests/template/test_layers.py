from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.template.deployed import PROJECT, TEMPLATE, of_type

DEPENDENCIES = PROJECT / "layers" / "dependencies"
CORE = PROJECT / "layers" / "core"
# A module's bytecode begins with a magic number and flags: 1 for a hash in place of a time, 2 for one that is checked.
UNCHECKED_HASH = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little")


def test_wheels_are_those_of_the_functions_architecture_and_runtime() -> None:
    text = TEMPLATE.read_text()
    assert "Architectures: [arm64]" in text
    assert "Runtime: python3.13" in text
    makefile = (DEPENDENCIES / "Makefile").read_text()
    (line,) = re.findall(r"^PLATFORMS := (.+)$", makefile, flags=re.M)
    assert all(platform.endswith("_aarch64") for platform in line.split())
    assert "--python-version 3.13" in makefile
    assert "--require-hashes" in makefile


def test_dependencies_are_the_locked_ones() -> None:
    assert (DEPENDENCIES / "requirements.txt").resolve() == PROJECT / "requirements" / "runtime.txt"


def test_layers_are_built_the_way_that_works() -> None:
    layers = of_type("AWS::Serverless::LayerVersion")
    assert layers["CoreLayer"]["ContentUri"] == "layers/core"
    assert (CORE / "bytecode.mk").resolve() == (DEPENDENCIES / "bytecode.mk").resolve()
    # A requirements.txt would make sam look for a Python of the runtime's version.
    assert not list((PROJECT / "functions").rglob("requirements.txt"))


def test_own_code_has_no_folder_that_sam_drops() -> None:
    for folder in ("layers/core/python", "functions"):
        assert not [path for path in (PROJECT / folder).rglob("*") if path.name in {"env", "venv"}]


def test_kept_service_descriptions_are_of_the_services_that_are_called() -> None:
    clients = (CORE / "python" / "pratique" / "adapters" / "aws_clients.py").read_text()
    (line,) = re.findall(r"^SERVICES := (.+)$", (DEPENDENCIES / "Makefile").read_text(), flags=re.M)
    # botocore itself calls sts for credentials of a role.
    assert set(line.split()) == {*re.findall(r'_client\("(\w+)"', clients), "sts"}


def test_core_layer_has_the_runtimes_bytecode_of_every_module(tmp_path: Path) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    built, said = _build_core(tmp_path, RUNTIME=sys.executable, RUNTIME_VERSION=version)
    modules = sorted(path.relative_to(built) for path in built.rglob("*.py"))
    assert modules == sorted(path.relative_to(CORE / "python") for path in (CORE / "python").rglob("*.py"))
    for module in modules:
        bytecode = Path(importlib.util.cache_from_source(str(built / module))).read_bytes()
        assert bytecode.startswith(UNCHECKED_HASH), module
        assert str(tmp_path).encode() not in bytecode, module
    assert said == ""


@pytest.mark.parametrize("runtime", ["python0.0", sys.executable])
def test_core_layer_without_the_runtime_says_that_it_has_no_bytecode(tmp_path: Path, runtime: str) -> None:
    built, said = _build_core(tmp_path, RUNTIME=runtime, RUNTIME_VERSION="0.0")
    assert (built / "pratique" / "__init__.py").is_file()
    assert not list(built.rglob("*.pyc"))
    assert f"CoreLayer: no bytecode, as {runtime} is no Python 0.0" in said


def test_bytecode_is_for_the_functions_runtime() -> None:
    assert "RUNTIME_VERSION ?= 3.13\n" in (CORE / "bytecode.mk").read_text()


def _build_core(folder: Path, **variables: str) -> tuple[Path, str]:
    """Build the layer as sam does; return its Python folder and what was said."""
    command = ["make", "--silent", "-C", str(CORE), "build-CoreLayer", f"ARTIFACTS_DIR={folder}"]
    command += [f"{name}={value}" for name, value in variables.items()]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return folder / "python", said
