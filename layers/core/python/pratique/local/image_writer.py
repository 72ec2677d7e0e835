"""Writes small images as OCI layout folders: the sample image, and what tests scan.

https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from pratique.model.digest import Digest

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


class LayerFiles(Struct, frozen=True):
    """One layer: files by path (``.wh.`` names are whiteouts), the instruction that made it, executable paths."""

    files: Mapping[str, bytes]
    created_by: str = ""
    executables: frozenset[str] = field(default_factory=frozenset)


def write_layout(folder: Path, layers: Sequence[LayerFiles], *, tag: str = "latest") -> Digest:
    """Write an image of ``layers``, lowest first, and return its manifest's digest.

    The same layers give the same digests: times and owners are fixed.
    """
    tars = [_tar(layer) for layer in layers]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [_digest(tar) for tar in tars]},
        "history": [{"created_by": layer.created_by} for layer in layers],
    }
    blobs = [gzip.compress(tar, mtime=0) for tar in tars]
    body = json.dumps(config, sort_keys=True).encode()
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": _descriptor(_CONFIG, body),
            "layers": [_descriptor(_LAYER, blob) for blob in blobs],
        },
        sort_keys=True,
    ).encode()
    for blob in (*blobs, body, manifest):
        _store(folder, blob)
    index = {
        "schemaVersion": 2,
        "manifests": [
            {**_descriptor(_MANIFEST, manifest), "annotations": {"org.opencontainers.image.ref.name": tag}},
        ],
    }
    (folder / "index.json").write_text(json.dumps(index))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return _digest(manifest)


def _tar(layer: LayerFiles) -> bytes:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, body in layer.files.items():
            member = tarfile.TarInfo(path)
            member.size = len(body)
            member.mode = 0o755 if path in layer.executables else 0o644
            archive.addfile(member, io.BytesIO(body))
    return output.getvalue()


def _descriptor(media_type: str, body: bytes) -> dict[str, str | int]:
    return {"mediaType": media_type, "digest": _digest(body), "size": len(body)}


def _digest(body: bytes) -> Digest:
    return Digest(f"sha256:{hashlib.sha256(body).hexdigest()}")


def _store(folder: Path, body: bytes) -> None:
    path = folder / "blobs" / "sha256" / _digest(body).removeprefix("sha256:")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
