"""The forms of ``docker save`` archives that tools write, and the damage that they can have."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
import zstandard

from pratique.adapters.archive_file import ArchiveFile
from pratique.adapters.image_archive import open_archive
from pratique.errors import ArchiveError, RegistryError
from pratique.model.image import Layer
from pratique.ports.images import ImageSource
from tests.image_builder import (
    BuiltLayer,
    Compression,
    Entry,
    build_docker_archive,
    build_layer,
    digest_of,
    layer_tar,
    link,
)
from tests.layer_reading import read_blob

LAYERS = [{"etc/os-release": b"ID=debian\n"}, {"opt/tool": b"x" * 100_000}]


def _archive(path: Path, layers: list[BuiltLayer], files: dict[str, bytes | Entry], names: list[str]) -> Path:
    """Write an archive whose manifest.json lists ``names`` as its layers."""
    config = json.dumps({"os": "linux", "rootfs": {"diff_ids": [layer.diff_id for layer in layers]}}).encode()
    manifest = json.dumps([{"Config": "config.json", "RepoTags": None, "Layers": names}]).encode()
    path.write_bytes(layer_tar({"config.json": config, "manifest.json": manifest, **files}))
    return path


def _read(source: ImageSource, layer: Layer) -> bytes:
    with source.open_layer(layer) as reader:
        return b"".join(iter(lambda: reader.read(1000), b""))


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_layers_may_be_compressed_inside(tmp_path: Path, compression: Compression) -> None:
    built = build_layer(LAYERS[1], compression)
    source = open_archive(_archive(tmp_path / "a.tar", [built], {"a/layer": built.blob}, ["a/layer"]))

    (layer,) = source.images("")[0].layers
    assert (layer.digest, layer.diff_id, layer.media_type) == (built.digest, built.diff_id, built.media_type)
    assert _read(source, layer) == built.blob


def test_a_layer_that_stands_twice_is_a_link(tmp_path: Path) -> None:
    built = build_layer(LAYERS[1], "none")
    files: dict[str, bytes | Entry] = {"a/layer.tar": built.blob, "b/layer.tar": link("../a/layer.tar")}
    source = open_archive(_archive(tmp_path / "a.tar", [built, built], files, ["a/layer.tar", "b/layer.tar"]))

    assert [_read(source, layer) for layer in source.images("")[0].layers] == [built.blob] * 2


@pytest.mark.parametrize("wrap", [gzip.compress, zstandard.ZstdCompressor().compress], ids=["gzip", "zstd"])
def test_the_whole_may_be_compressed(tmp_path: Path, wrap: object) -> None:
    assert callable(wrap)
    digest = build_docker_archive(tmp_path / "plain.tar", LAYERS)
    (tmp_path / "small").write_bytes(wrap((tmp_path / "plain.tar").read_bytes()))
    source = open_archive(tmp_path / "small")

    (image,) = source.images("")
    assert image.digest == digest
    assert all(_read(source, layer) for layer in image.layers)


def test_gzip_members_that_follow_each_other_are_one_archive(tmp_path: Path) -> None:
    build_docker_archive(tmp_path / "plain.tar", LAYERS)
    body = (tmp_path / "plain.tar").read_bytes()
    (tmp_path / "two.gz").write_bytes(gzip.compress(body[:5000]) + gzip.compress(body[5000:]))

    assert open_archive(tmp_path / "two.gz").images("")


def test_an_archive_that_inflates_over_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(layer_tar({"big": bytes(5 << 20)})))

    with pytest.raises(RegistryError, match="inflates to over 1048576 bytes"):
        ArchiveFile(tmp_path / "bomb.gz", most_bytes=1 << 20)


def test_a_compressed_archive_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    build_docker_archive(tmp_path / "plain.tar", LAYERS)
    body = gzip.compress((tmp_path / "plain.tar").read_bytes())
    (tmp_path / "cut.gz").write_bytes(body[: len(body) // 2])

    with pytest.raises(RegistryError):
        open_archive(tmp_path / "cut.gz")


def test_a_layer_with_other_content_is_refused_by_its_diff_id(tmp_path: Path) -> None:
    built, other = (build_layer(files, "none") for files in ({"a": b"b"}, {"a": b"c"}))
    source = open_archive(_archive(tmp_path / "a.tar", [built], {"layer.tar": other.blob}, ["layer.tar"]))

    layer = source.images("")[0].layers[0]
    with pytest.raises(ArchiveError, match="not that of its diff ID"):
        read_blob(_read(source, layer), layer_tar({"a": b"b"}))


def test_a_configuration_under_anothers_digest_is_refused(tmp_path: Path) -> None:
    name = f"{hashlib.sha256(b'other').hexdigest()}.json"
    manifest = json.dumps([{"Config": name, "RepoTags": ["a:1"], "Layers": []}]).encode()
    (tmp_path / "a.tar").write_bytes(layer_tar({name: b"{}", "manifest.json": manifest}))

    with pytest.raises(RegistryError, match=f"configuration has the digest {digest_of(b'{}')}"):
        open_archive(tmp_path / "a.tar").images("")


@pytest.mark.parametrize(
    ("names", "message"),
    [([], "1 diff IDs and manifest.json 0 layers"), (["gone"], "not in the archive"), (["../../etc"], "not in")],
)
def test_layers_that_are_not_there_are_said_to_be_missing(tmp_path: Path, names: list[str], message: str) -> None:
    source = open_archive(_archive(tmp_path / "a.tar", [build_layer(LAYERS[0], "none")], {}, names))

    with pytest.raises(RegistryError, match=message):
        source.images("")


@pytest.mark.parametrize("manifest", [b"", b"{}", b"[1]", b'[{"Config": 1}]', b"[" * 100_000, b"[]"])
def test_a_malformed_manifest_json_is_refused(tmp_path: Path, manifest: bytes) -> None:
    (tmp_path / "a.tar").write_bytes(layer_tar({"manifest.json": manifest}))

    with pytest.raises(RegistryError):
        open_archive(tmp_path / "a.tar").images("")
