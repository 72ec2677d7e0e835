"""Builds small real images: OCI layout folders and ``docker save`` archives from files given as a dict a layer.

    build_layout(tmp_path / "image", [{"etc/os-release": b"ID=debian"}, {"etc/.wh.os-release": b""}], tag="1.0")

A value is the file's bytes, or an `Entry` for links, folders and modes.  Parent folders need not be given.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import zstandard

Compression = Literal["none", "gzip", "zstd"]

_OCI = "application/vnd.oci.image"
_SUFFIXES: Mapping[str, str] = {"none": "", "gzip": "+gzip", "zstd": "+zstd"}
_EPOCH = "2026-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Entry:
    """One tar entry that is more than plain bytes: ``kind`` is a tarfile type, ``target`` a link's target."""

    body: bytes = b""
    mode: int = 0o644
    kind: bytes = tarfile.REGTYPE
    target: str = ""
    uid: int = 0


Layer = Mapping[str, bytes | Entry] | bytes
"""A layer's files by path, or the bytes of its tar where they shall be damaged."""


@dataclass(frozen=True, slots=True)
class BuiltLayer:
    """A layer's blob with what describes it."""

    blob: bytes
    digest: str
    diff_id: str
    media_type: str


def folder_entry(mode: int = 0o755) -> Entry:
    """Return a folder."""
    return Entry(mode=mode, kind=tarfile.DIRTYPE)


def link(target: str, *, hard: bool = False) -> Entry:
    """Return a symbolic or hard link."""
    return Entry(kind=tarfile.LNKTYPE if hard else tarfile.SYMTYPE, target=target, mode=0o777)


def layer_tar(files: Layer) -> bytes:
    """Return an uncompressed layer; the same files give the same bytes."""
    if isinstance(files, bytes):
        return files
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, value in files.items():
            entry = Entry(value) if isinstance(value, bytes) else value
            member = tarfile.TarInfo(path)
            member.type, member.mode, member.linkname, member.uid = entry.kind, entry.mode, entry.target, entry.uid
            member.size = len(entry.body)
            tar.addfile(member, io.BytesIO(entry.body))
    return stream.getvalue()


def build_layer(files: Layer, compression: Compression = "gzip") -> BuiltLayer:
    """Return a layer's blob."""
    tar = layer_tar(files)
    blob = _compressed(tar, compression)
    return BuiltLayer(blob, digest_of(blob), digest_of(tar), f"{_OCI}.layer.v1.tar{_SUFFIXES[compression]}")


def build_layout(
    folder: Path,
    layers: Sequence[Layer],
    *,
    tag: str = "latest",
    platform: str = "linux/amd64",
    compression: Compression = "gzip",
    created_by: Sequence[str] = (),
) -> str:
    """Write an image into an OCI layout, which may hold others already; return its manifest's digest."""
    manifest = _write_image(folder, layers, platform=platform, compression=compression, created_by=created_by)
    _add_to_index(folder, manifest, tag)
    return str(manifest["digest"])


def build_index(folder: Path, images: Mapping[str, Sequence[Layer]], *, tag: str = "latest") -> str:
    """Write an image index with one image a platform (``linux/arm64`` …); return the index's digest."""
    manifests = []
    for platform, layers in images.items():
        described = _write_image(folder, layers, platform=platform, compression="gzip", created_by=())
        manifests.append({**described, "platform": _platform(platform)})
    index = {"schemaVersion": 2, "mediaType": f"{_OCI}.index.v1+json", "manifests": manifests}
    described = _put(folder, json.dumps(index).encode(), f"{_OCI}.index.v1+json")
    _add_to_index(folder, described, tag)
    return str(described["digest"])


def build_docker_archive(path: Path, layers: Sequence[Layer], *, tag: str = "example.test/app:1") -> str:
    """Write a ``docker save`` archive in the form before Docker 25; return its configuration's digest."""
    built = [build_layer(files, "none") for files in layers]
    config = json.dumps(_config(built, "linux/amd64", ())).encode()
    name = f"{digest_of(config).partition(':')[2]}.json"
    names = [f"{index:064x}/layer.tar" for index in range(len(built))]
    manifest = [{"Config": name, "RepoTags": [tag], "Layers": names}]
    files = {name: config, **{place: layer.blob for place, layer in zip(names, built, strict=True)}}
    path.write_bytes(layer_tar({**files, "manifest.json": json.dumps(manifest).encode()}))
    return digest_of(config)


def digest_of(body: bytes) -> str:
    """Return ``sha256:…`` of bytes."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def _compressed(tar: bytes, compression: Compression) -> bytes:
    if compression == "gzip":
        return gzip.compress(tar, 1, mtime=0)
    return zstandard.ZstdCompressor(level=1).compress(tar) if compression == "zstd" else tar


def _write_image(
    folder: Path, layers: Sequence[Layer], *, platform: str, compression: Compression, created_by: Sequence[str]
) -> dict[str, object]:
    built = [build_layer(files, compression) for files in layers]
    config = _put(folder, json.dumps(_config(built, platform, created_by)).encode(), f"{_OCI}.config.v1+json")
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{_OCI}.manifest.v1+json",
        "config": config,
        "layers": [_put(folder, layer.blob, layer.media_type) for layer in built],
    }
    return _put(folder, json.dumps(manifest).encode(), f"{_OCI}.manifest.v1+json")


def _config(layers: Sequence[BuiltLayer], platform: str, created_by: Sequence[str]) -> dict[str, object]:
    said = [*created_by, *(f"COPY layer{index} /" for index in range(len(created_by), len(layers)))]
    return {
        **_platform(platform),
        "created": _EPOCH,
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
        "history": [{"created": _EPOCH, "created_by": words} for words in said],
    }


def _platform(text: str) -> dict[str, str]:
    return dict(zip(("os", "architecture", "variant"), text.split("/"), strict=False))


def _put(folder: Path, body: bytes, media_type: str) -> dict[str, object]:
    digest = digest_of(body)
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    (blobs / digest.partition(":")[2]).write_bytes(body)
    return {"mediaType": media_type, "digest": digest, "size": len(body)}


def _add_to_index(folder: Path, described: Mapping[str, object], tag: str) -> None:
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    path = folder / "index.json"
    index: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"schemaVersion": 2, "manifests": []}
    index["manifests"].append({**described, "annotations": {"org.opencontainers.image.ref.name": tag}})
    path.write_text(json.dumps(index))
