"""The layers that packages come and go with, against a fold of the same layers that knows the two formats only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.inventory.image import fold
from pratique.model.inventory import ImageInventory
from tests.layer_reading import layers_of, read_files

_STATUS = "var/lib/dpkg/status"
_PYTHON = "usr/lib/python3.11/site-packages"
_NAMES = st.sampled_from(["one", "two", "three"])
_VERSIONS = st.sampled_from(["1.0", "1.1", "2.0"])
_STEP = st.tuples(st.dictionaries(_NAMES, _VERSIONS), st.dictionaries(_NAMES, _VERSIONS))
"""What an instruction leaves installed: Debian and Python packages with their versions."""

_Package = tuple[str, str, str]


def _layers(steps: Sequence[tuple[Mapping[str, str], Mapping[str, str]]]) -> list[dict[str, bytes]]:
    """Return the layers that instructions leaving ``steps`` behind would write, whiteouts as runtimes make them."""
    layers: list[dict[str, bytes]] = []
    debian: Mapping[str, str] = {}
    python: Mapping[str, str] = {}
    for installed, distributions in steps:
        layer: dict[str, bytes] = {}
        if installed != debian:
            layer[_STATUS] = "".join(
                f"Package: {name}\nStatus: install ok installed\nArchitecture: all\nVersion: {version}-1\n\n"
                for name, version in installed.items()
            ).encode()
        for name, version in python.items():
            if distributions.get(name) != version:
                layer[f"{_PYTHON}/.wh.{name}-{version}.dist-info"] = b""
        for name, version in distributions.items():
            if python.get(name) != version:
                metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
                layer[f"{_PYTHON}/{name}-{version}.dist-info/METADATA"] = metadata.encode()
        layers.append(layer)
        debian, python = installed, distributions
    return layers


def _expected(
    steps: Sequence[tuple[Mapping[str, str], Mapping[str, str]]],
) -> tuple[dict[_Package, int], dict[_Package, tuple[int, int]]]:
    """Return the layer that introduced what is left, and for what is not those that introduced and removed it."""
    since: dict[_Package, int] = {}
    gone: dict[_Package, tuple[int, int]] = {}
    for index, (installed, distributions) in enumerate(steps):
        now = {("deb", name, f"{version}-1") for name, version in installed.items()}
        now |= {("pypi", name, version) for name, version in distributions.items()}
        for package in set(since) - now:
            gone[package] = (since.pop(package), index)
        for package in now - set(since):
            since[package] = index
            gone.pop(package, None)
    return since, gone


def _folded(layers: Sequence[Mapping[str, bytes]]) -> tuple[ImageInventory, dict[str, int]]:
    # A file of its own makes each layer's content, and so its diff ID, its own
    reports = [read_files({f"step-{index}": b"", **files}) for index, files in enumerate(layers)]
    return fold(layers_of(reports), reports), {report.diff_id: index for index, report in enumerate(reports)}


@given(st.lists(_STEP, min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_packages_come_and_go_with_the_layers_that_did_it(
    steps: list[tuple[dict[str, str], dict[str, str]]],
) -> None:
    inventory, index = _folded(_layers(steps))
    since, gone = _expected(steps)
    found = {one.package.key[:3]: index[one.locations[0].layer] for one in inventory.packages}
    assert found == since
    shadowed = {
        one.package.key[:3]: (index[one.locations[0].layer], index[one.removed_by])
        for one in inventory.shadowed
        if one.removed_by is not None
    }
    assert shadowed == gone
