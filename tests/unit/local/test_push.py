"""Copies of images into a registry."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pratique.adapters.image_archive import open_archive
from pratique.adapters.oci_layout import LayoutFolder, OciLayoutSource
from pratique.adapters.registry_v2 import registry_source
from pratique.errors import InvalidValue, RegistryError
from pratique.local.push import push_image
from pratique.local.registry import EmbeddedRegistry
from tests.image_builder import build_docker_archive, build_index, build_layout
from tests.scripted_server import Asked, Told, scripted

LAYERS = [{"etc/os-release": b"ID=debian\n"}, {"opt/tool": b"x" * 10_000}]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[EmbeddedRegistry]:
    with EmbeddedRegistry(tmp_path / "registry") as found:
        yield found


def _layout(folder: Path) -> OciLayoutSource:
    return OciLayoutSource(LayoutFolder(folder))


def test_push_keeps_the_manifests_digest(registry: EmbeddedRegistry, tmp_path: Path) -> None:
    digest = build_layout(tmp_path / "image", LAYERS)

    assert push_image(_layout(tmp_path / "image"), "", registry.address, "app", "1") == digest
    assert registry.store.manifest("app", "1").digest == digest


def test_push_from_one_registry_to_another(registry: EmbeddedRegistry, tmp_path: Path) -> None:
    build_layout(tmp_path / "image", LAYERS)
    digest = push_image(_layout(tmp_path / "image"), "", registry.address, "app", "1")

    with EmbeddedRegistry(tmp_path / "other") as other:
        assert push_image(registry_source(registry.address, "app"), "1", other.address, "copy", "2") == digest
        assert other.store.tags("copy") == ("2",)


def test_blobs_that_are_there_are_not_read_again(registry: EmbeddedRegistry, tmp_path: Path) -> None:
    folder = tmp_path / "image"
    build_layout(folder, LAYERS)
    source = _layout(folder)
    layers = source.images("")[0].layers
    push_image(source, "", registry.address, "app", "1")
    for layer in layers:
        (folder / "blobs" / "sha256" / layer.digest.removeprefix("sha256:")).unlink()

    sizes: list[int] = []
    push_image(source, "", registry.address, "other/app", "1", progress=sizes.append)
    assert sizes[1:] == [layer.size for layer in layers]


def test_an_index_goes_whole(registry: EmbeddedRegistry, tmp_path: Path) -> None:
    digest = build_index(tmp_path / "image", {"linux/amd64": LAYERS, "unknown/unknown": LAYERS[:1]})

    assert push_image(_layout(tmp_path / "image"), "", registry.address, "app", "1") == digest


def test_an_index_with_one_image_at_hand_becomes_that_image(registry: EmbeddedRegistry, tmp_path: Path) -> None:
    build_index(tmp_path / "image", {"linux/amd64": LAYERS, "linux/arm64": LAYERS[:1]})
    source = _layout(tmp_path / "image")
    here, gone = source.images("")
    (tmp_path / "image" / "blobs" / "sha256" / gone.digest.removeprefix("sha256:")).unlink()

    assert push_image(source, "", registry.address, "app", "1") == here.digest


def test_a_docker_archive_goes_with_the_manifest_made_for_it(registry: EmbeddedRegistry, tmp_path: Path) -> None:
    config = build_docker_archive(tmp_path / "image.tar", LAYERS)
    digest = push_image(open_archive(tmp_path / "image.tar"), "", registry.address, "app", "1")

    (image,) = registry_source(registry.address, "app").images("1")
    assert (image.digest, image.config_digest) == (digest, config)


def test_an_archive_in_a_folder_of_its_own_goes_too(registry: EmbeddedRegistry, tmp_path: Path) -> None:
    digest = build_layout(tmp_path / "image", LAYERS)
    with tarfile.open(tmp_path / "image.tar", "w") as archive:
        archive.add(tmp_path / "image", arcname=".")

    assert push_image(open_archive(tmp_path / "image.tar"), "", registry.address, "app", "1") == digest


def test_a_damaged_layer_leaves_no_tag(registry: EmbeddedRegistry, tmp_path: Path) -> None:
    folder = tmp_path / "image"
    build_layout(folder, LAYERS)
    source = _layout(folder)
    blob = folder / "blobs" / "sha256" / source.images("")[0].layers[1].digest.removeprefix("sha256:")
    blob.write_bytes(blob.read_bytes()[:-1] + b"!")

    with pytest.raises(RegistryError):
        push_image(source, "", registry.address, "app", "1")
    assert registry.store.repositories() == ()


@pytest.mark.parametrize(
    ("status", "message"), [(401, "needs credentials"), (403, "denied"), (202, "no place to upload")]
)
def test_a_registry_that_takes_nothing_is_said_plainly(status: int, message: str, tmp_path: Path) -> None:
    build_layout(tmp_path / "image", LAYERS)

    def answer(asked: Asked) -> Told:
        return Told(404 if asked.method == "HEAD" else status)

    with scripted(answer) as server, pytest.raises(RegistryError, match=message):
        push_image(_layout(tmp_path / "image"), "", server.address, "app", "1")


@pytest.mark.parametrize(
    ("address", "repository", "tag"),
    [("registry.test/x", "app", "1"), ("r.test", "App", "1"), ("r.test", "app", "a/b")],
)
def test_malformed_names_never_reach_the_network(address: str, repository: str, tag: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue):
        push_image(_layout(tmp_path), "", address, repository, tag)
