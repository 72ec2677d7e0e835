"""Layers laid over each other by pratique, and by a tiny oracle that unpacks them into a folder with `tarfile`."""

from __future__ import annotations

import io
import shutil
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.inventory.image import fold
from pratique.inventory.known_paths import KnownPaths
from pratique.inventory.layer_change import LayerChange
from pratique.inventory.links import Links
from pratique.model.inventory import LayerReport
from tests.image_builder import Entry, folder_entry, layer_tar
from tests.layer_reading import layers_of, paths_of, read_files

Files = dict[str, bytes | Entry]

_METADATA = "x.dist-info/METADATA"
_FOLDERS = ("a", "b", "a/b", "a/b/c", "b/a")
_names = st.sampled_from([*_FOLDERS, *(f"{folder}/{_METADATA}" for folder in _FOLDERS), _METADATA])
_whiteouts = st.sampled_from(
    [f"{folder}/.wh.{name}" for folder in ("a", "b", "a/b") for name in ("a", "b", "c", "x.dist-info")]
)
_opaques = st.sampled_from([f"{folder}/.wh..wh..opq" for folder in ("a", "b", "a/b")] + [".wh..wh..opq"])


def _content(name: str) -> bytes:
    return f"Name: {name.replace('/', '-').partition('-x.')[0]}\nVersion: 1\n".encode()


@st.composite
def _layers(draw: st.DrawFn) -> Files:
    files: Files = {}
    for name in draw(st.lists(_names, max_size=6, unique=True)):
        above = [name[:index] for index, letter in enumerate(name) if letter == "/"]
        if any(isinstance(files.get(folder), bytes) for folder in above):
            continue  # runtimes refuse an entry below a file of the same layer
        if any(other.startswith(f"{name}/") for other in files):
            continue
        files[name] = _content(name) if name.endswith("METADATA") or draw(st.booleans()) else folder_entry()
    for name in draw(st.lists(_whiteouts | _opaques, max_size=3, unique=True)):
        folder = name.rpartition("/")[0]
        if not any(isinstance(files.get(part), bytes) for part in (folder, folder.partition("/")[0])):
            files[name] = b""
    return files


def _unpack(layers: Sequence[Files], root: Path) -> set[str]:
    """Apply the layers one after the other as the OCI image specification says and return what is no folder."""
    for layer in layers:
        markers = [Path(name) for name in layer if Path(name).name.startswith(".wh.")]
        for marker in markers:
            _make_folder(root / marker.parent, root)
            if marker.name == ".wh..wh..opq":
                for child in (root / marker.parent).iterdir():
                    _delete(child)
            else:
                _delete(root / marker.with_name(marker.name.removeprefix(".wh.")))
        with tarfile.open(fileobj=io.BytesIO(layer_tar(layer))) as tar:
            for member in tar:
                path = root / member.name
                if Path(member.name) in markers:
                    _make_folder(path.parent, root)
                    continue
                _make_folder(path.parent, root)
                if path.is_file() or (path.is_dir() and not member.isdir()):
                    _delete(path)
                tar.extract(member, root, filter="fully_trusted")
    return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}


def _make_folder(folder: Path, root: Path) -> None:
    for parent in [*folder.parents, folder]:
        if parent.is_relative_to(root) and parent.is_file():
            parent.unlink()
    folder.mkdir(parents=True, exist_ok=True)


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _visible(reports: Sequence[LayerReport]) -> set[str]:
    visible: set[str] = set()
    links = Links()
    for report in reports:
        change = LayerChange(report, links)
        visible = visible.difference(change.hidden(KnownPaths(visible))) | {
            links.locate(path) for path in paths_of(report)
        }
        change.add_links()
    return visible


@settings(max_examples=200, deadline=None)
@given(st.lists(_layers(), min_size=1, max_size=4))
def test_layers_leave_what_unpacking_them_leaves(layers: list[Files]) -> None:
    reports = [read_files(layer) for layer in layers]
    with tempfile.TemporaryDirectory() as folder:
        expected = _unpack(layers, Path(folder))
    assert _visible(reports) == expected
    inventory = fold(layers_of(reports), reports)
    found = {place.path for one in inventory.packages for place in one.locations}
    assert found == {path for path in expected if path.endswith(_METADATA)}


@settings(max_examples=100, deadline=None)
@given(st.lists(_layers(), min_size=1, max_size=4))
def test_every_package_is_effective_or_shadowed_and_none_is_both(layers: list[Files]) -> None:
    reports = [read_files(layer) for layer in layers]
    inventory = fold(layers_of(reports), reports)
    effective = {one.package.key for one in inventory.packages}
    shadowed = {one.package.key for one in inventory.shadowed}
    assert effective | shadowed == {one.key for report in reports for file in report.files for one in file.packages}
    assert not effective & shadowed


@settings(max_examples=100, deadline=None)
@given(st.lists(_layers(), min_size=1, max_size=3))
def test_a_layer_that_changes_nothing_changes_nothing(layers: list[Files]) -> None:
    reports = [read_files(layer) for layer in layers]
    more = [reports[0], read_files({}), *reports[1:], read_files({})]
    assert fold(layers_of(more), more) == fold(layers_of(reports), reports)


def _squash(lower: Files, upper: Files) -> Files:
    """Return one layer that does what ``lower`` and then ``upper`` do."""
    change = LayerChange(read_files(upper), Links())
    squashed: Files = {}
    for name, entry in lower.items():
        parents = [parent.as_posix() for parent in Path(name).parents]
        if Path(name).name.startswith(".wh."):
            if not any(isinstance(upper.get(parent), bytes) for parent in parents):
                squashed[name] = entry
        elif not change.hidden(KnownPaths([name])):
            squashed[name] = entry
        elif isinstance(entry, bytes) and _makes_folder(upper, name):
            # The file had hidden what lies below the folder that now takes its place.
            squashed[f"{name}/.wh..wh..opq"] = b""
    return squashed | upper


def _makes_folder(layer: Files, name: str) -> bool:
    return isinstance(layer.get(name), Entry) or any(other.startswith(f"{name}/") for other in layer)


def _held(layers: Sequence[Files]) -> set[tuple[str, str]]:
    reports = [read_files(layer) for layer in layers]
    packages = fold(layers_of(reports), reports).packages
    return {(one.package.name, place.path) for one in packages for place in one.locations}


@settings(max_examples=200, deadline=None)
@given(_layers(), _layers(), _layers())
def test_folding_is_associative(first: Files, second: Files, third: Files) -> None:
    together = _held([first, second, third])
    assert _held([_squash(first, second), third]) == together
    assert _held([first, _squash(second, third)]) == together
