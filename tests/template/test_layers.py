from __future__ import annotations

import re

from tests.template.deployed import PROJECT, TEMPLATE, of_type

DEPENDENCIES = PROJECT / "layers" / "dependencies"


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
    assert layers["CoreLayer"]["ContentUri"] == "layers/core/python"
    # Here a requirements.txt would make sam look for a Python of the runtime's version.
    assert not list((PROJECT / "layers" / "core").rglob("requirements.txt"))
    assert not list((PROJECT / "functions").rglob("requirements.txt"))


def test_own_code_has_no_folder_that_sam_drops() -> None:
    for folder in ("layers/core/python", "functions"):
        assert not [path for path in (PROJECT / folder).rglob("*") if path.name in {"env", "venv"}]
