"""What every source of images promises, in the words of `pratique.ports.images.ImageSource`."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pratique.adapters.image_archive import open_archive
from pratique.adapters.image_content import ImageContent
from pratique.adapters.oci_layout import LayoutFolder, OciLayoutSource
from pratique.adapters.registry_v2 import registry_source
from pratique.errors import RegistryError
from pratique.local.push import push_image
from pratique.local.registry import EmbeddedRegistry
from pratique.model.image import Layer, Platform
from pratique.ports.images import ImageSource
from tests.image_builder import build_docker_archive, build_index, build_layout

LAYERS = [{"etc/os-release": b"ID=debian\n", "opt/large": bytes(range(256)) * 4096}, {"opt/.wh.large": b""}]


def _layout(folder: Path) -> OciLayoutSource:
    build_layout(folder, LAYERS, tag="1", created_by=("ADD base", "RUN rm"))
    return OciLayoutSource(LayoutFolder(folder))


def _tar(folder: Path, path: Path, *, compressed: bool = False) -> Path:
    with tarfile.open(path, "w") as archive:
        archive.add(folder, arcname=".")
    if compressed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    return path


def _make(kind: str, folder: Path, stack: ExitStack) -> ImageContent:
    layout = folder / "layout"
    if kind == "layout":
        return _layout(layout)
    if kind.startswith("oci archive"):
        _layout(layout)
        return open_archive(_tar(layout, folder / "image.tar", compressed="gzip" in kind))
    if kind.startswith("docker archive"):
        path = folder / "saved.tar"
        build_docker_archive(path, LAYERS, tag="example.test/app:1")
        if "gzip" in kind:
            path.write_bytes(gzip.compress(path.read_bytes()))
        return open_archive(path)
    registry = stack.enter_context(EmbeddedRegistry(folder / "registry"))
    push_image(_layout(layout), "1", registry.address, "team/app", "1")
    return registry_source(registry.address, "team/app")


KINDS = ("layout", "oci archive", "oci archive, gzip", "docker archive", "docker archive, gzip", "registry")


@pytest.fixture(params=KINDS)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ImageContent]:
    with ExitStack() as stack:
        yield _make(str(request.param), tmp_path, stack)


def _read(source: ImageSource, layer: Layer, piece: int = 1000) -> bytes:
    with source.open_layer(layer) as reader:
        found = b"".join(iter(lambda: reader.read(piece), b""))
        assert reader.read(piece) == b""
        return found


def test_images_gives_the_one_image_with_its_layers_lowest_first(source: ImageContent) -> None:
    (image,) = source.images("1")

    assert image.platform == Platform("linux", "amd64")
    assert [layer.index for layer in image.layers] == [0, 1]
    assert all(layer.created_by for layer in image.layers)
    assert image.reference.endswith(":1")


def test_open_layer_gives_the_blob_whose_digest_and_tar_were_promised(source: ImageContent) -> None:
    (image,) = source.images("1")

    for layer in image.layers:
        blob = _read(source, layer)
        tar = gzip.decompress(blob) if layer.media_type.endswith("gzip") else blob
        assert len(blob) == layer.size
        assert f"sha256:{hashlib.sha256(blob).hexdigest()}" == layer.digest
        assert f"sha256:{hashlib.sha256(tar).hexdigest()}" == layer.diff_id


def test_two_layers_can_be_open_at_the_same_time(source: ImageContent) -> None:
    (image,) = source.images("1")
    first, second = image.layers
    whole = _read(source, first)

    with source.open_layer(first) as one, source.open_layer(second) as other:
        head = one.read(10)
        assert b"".join(iter(lambda: other.read(100), b""))
        assert head + b"".join(iter(lambda: one.read(100), b"")) == whole


def test_a_layer_can_be_left_in_the_middle(source: ImageContent) -> None:
    (image,) = source.images("1")

    with source.open_layer(image.layers[0]) as reader:
        assert reader.read(10)
    assert _read(source, image.layers[0])


def test_images_names_what_there_is_for_an_unknown_tag(source: ImageContent) -> None:
    with pytest.raises(RegistryError, match=r"there is|has the tags") as caught:
        source.images("2")

    assert "1" in caught.value.message
    assert not caught.value.retryable


def test_images_names_the_platform_there_is_for_another(source: ImageContent) -> None:
    assert source.images("1", Platform("linux", "amd64")) == source.images("1")
    with pytest.raises(RegistryError, match="no image for linux/arm64; there is linux/amd64"):
        source.images("1", Platform("linux", "arm64"))


def test_open_layer_raises_where_size_or_digest_differ(source: ImageContent) -> None:
    (image,) = source.images("1")
    layer = image.layers[0]
    longer = Layer(layer.digest, layer.diff_id, layer.media_type, layer.size + 1, 0)
    shorter = Layer(layer.digest, layer.diff_id, layer.media_type, layer.size - 1, 0)

    for wrong in (longer, shorter):
        with pytest.raises(RegistryError):
            _read(source, wrong)


def test_open_layer_refuses_foreign_layers_with_the_reason(source: ImageContent) -> None:
    layer = source.images("1")[0].layers[0]
    foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"

    with pytest.raises(RegistryError, match="foreign layer"):
        source.open_layer(Layer(layer.digest, layer.diff_id, foreign, layer.size, 0))


def _indexed(kind: str, folder: Path, stack: ExitStack) -> ImageContent:
    layout = folder / "layout"
    build_index(layout, {"linux/amd64": LAYERS, "linux/arm64/v8": LAYERS[:1]}, tag="1")
    source = OciLayoutSource(LayoutFolder(layout))
    if kind == "archive":
        return open_archive(_tar(layout, folder / "image.tar"))
    if kind == "registry":
        registry = stack.enter_context(EmbeddedRegistry(folder / "registry"))
        push_image(source, "1", registry.address, "app", "1")
        return registry_source(registry.address, "app")
    return source


@pytest.mark.parametrize("kind", ["layout", "archive", "registry"])
def test_images_gives_one_image_a_platform_of_an_index(kind: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        source = _indexed(kind, tmp_path, stack)
        arm = Platform("linux", "arm64")

        assert [str(image.platform) for image in source.images("1")] == ["linux/amd64", "linux/arm64/v8"]
        assert [len(image.layers) for image in source.images("1", arm)] == [1]
        with pytest.raises(RegistryError, match="there is linux/amd64, linux/arm64/v8"):
            source.images("1", Platform("windows", "amd64"))


@pytest.mark.parametrize("kind", ["layout", "archive", "registry"])
def test_images_takes_a_platforms_own_digest(kind: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        source = _indexed(kind, tmp_path, stack)
        _, arm = source.images("1")

        assert [image.digest for image in source.images(arm.digest)] == [arm.digest]
