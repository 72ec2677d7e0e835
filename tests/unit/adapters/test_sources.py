"""What a target is, and the one clear message for each that is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pratique.adapters.image_archive import DockerArchiveSource
from pratique.adapters.oci_layout import OciLayoutSource
from pratique.adapters.registry_v2 import RegistrySource
from pratique.adapters.sources import open_source
from pratique.errors import InvalidValue, PratiqueError, RegistryError
from tests.image_builder import build_docker_archive, build_layout, layer_tar

LAYERS = [{"etc/os-release": b"ID=debian\n"}]


def test_a_folder_is_a_layout_with_or_without_a_tag(tmp_path: Path) -> None:
    folder = tmp_path / "image:with:colons"
    digest = build_layout(folder, LAYERS, tag="1.0")

    for target, reference in ((f"{folder}", ""), (f"{folder}:1.0", "1.0"), (f"{folder}@{digest}", digest)):
        source, found = open_source(target)
        assert isinstance(source, OciLayoutSource)
        assert found == reference
        assert source.images(found)[0].digest == digest


def test_a_file_is_an_archive_with_or_without_a_tag(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    digest = build_docker_archive(path, LAYERS, tag="example.test/app:1")

    for target in (str(path), f"{path}:1", f"{path}:example.test/app:1", f"{path}@{digest}"):
        source, reference = open_source(target)
        assert isinstance(source, DockerArchiveSource)
        assert source.images(reference)[0].digest == digest


def test_anything_else_is_a_reference() -> None:
    source, reference = open_source("registry.test:5000/team/app:1.0")

    assert isinstance(source, RegistrySource)
    assert reference == "1.0"
    assert source.describe(reference) == "registry.test:5000/team/app:1.0"


@pytest.mark.parametrize("target", ["./missing", "/missing", "missing.tar", "missing.tar.gz", "~/missing"])
def test_a_missing_file_is_said_to_be_missing(target: str) -> None:
    with pytest.raises(InvalidValue, match="there is no file or folder"):
        open_source(target)


@pytest.mark.parametrize("target", ["", "A/B", "a b", "http://x/y", "x" * 5000, "a\0b", "app@sha256:1"])
def test_what_is_no_target_at_all_is_an_invalid_value(target: str) -> None:
    with pytest.raises(InvalidValue):
        open_source(target)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "it is no tar"),
        (b"plain text", "it is no tar"),
        (b"PK\x03\x04", "is a zip file"),
        (b"BZh9", "is a bzip2 file"),
        (b"\xfd7zXZ\x00", "is a xz file"),
        (b"\x1f\x8bnothing", "compression is damaged|no tar"),
        (b"\x28\xb5\x2f\xfdnothing", "compression is damaged"),
        (layer_tar({"etc/passwd": b"root"}), "neither index.json nor manifest.json"),
        (layer_tar({"repositories": b"{}"}), "Docker before 1.10"),
        (layer_tar({"manifest.json": b"[]"})[:513], "cut short|damaged"),
    ],
)
def test_a_file_that_is_no_image_says_why(body: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(body)

    with pytest.raises(RegistryError, match=message) as caught:
        open_source(str(path))
    assert str(path) in str(caught.value)


def test_a_folder_that_is_no_layout_says_so(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="not an OCI layout"):
        open_source(str(tmp_path))


@pytest.mark.parametrize("index", ["", "[]", "{}", '{"manifests": []}', '{"manifests": [{"digest": "x", "size": 1}]}'])
def test_a_damaged_layout_is_an_error(index: str, tmp_path: Path) -> None:
    (tmp_path / "oci-layout").write_text("{}")
    (tmp_path / "index.json").write_text(index)
    source, reference = open_source(str(tmp_path))

    with pytest.raises(PratiqueError):
        source.images(reference)


def test_a_layout_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "layout"
    build_layout(folder, LAYERS)
    source, _ = open_source(str(folder))
    (image,) = source.images("")
    blob = folder / "blobs" / "sha256" / image.layers[0].digest.removeprefix("sha256:")
    blob.rename(tmp_path / "outside")
    blob.symlink_to(tmp_path / "outside")

    with pytest.raises(RegistryError, match="leads out"), source.open_layer(image.layers[0]) as reader:
        reader.read(1)


def test_two_images_and_no_tag_asks_which(tmp_path: Path) -> None:
    build_layout(tmp_path, LAYERS, tag="one")
    build_layout(tmp_path, [{"a": b"b"}], tag="two")
    source, reference = open_source(str(tmp_path))

    with pytest.raises(RegistryError, match="must be said; there is one, two"):
        source.images(reference)
