"""Manifests, indexes and configurations as hostile documents."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.adapters.image_manifest import (
    DOCKER_MANIFEST,
    OCI_INDEX,
    OCI_MANIFEST,
    Descriptor,
    ImageIndex,
    ImageManifest,
    StoredManifest,
    parse_image,
    parse_manifest,
    why_unreadable,
)
from pratique.adapters.oci_layout import LayoutFolder, OciLayoutSource
from pratique.errors import NotAnImage, RegistryError
from pratique.model.digest import Digest
from tests.image_builder import build_index

DIGEST = Digest(f"sha256:{'a' * 64}")
CONFIG = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": DIGEST, "size": 2}
LAYER = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": DIGEST, "size": 2}
MANIFEST: dict[str, Any] = {"schemaVersion": 2, "config": CONFIG, "layers": [LAYER]}
INDEX: dict[str, Any] = {"schemaVersion": 2, "manifests": [{"mediaType": OCI_MANIFEST, "digest": DIGEST, "size": 2}]}


def _stored(document: object, media_type: str = "") -> StoredManifest:
    return StoredManifest(json.dumps(document).encode(), DIGEST, media_type)


@pytest.mark.parametrize("media_type", ["", OCI_MANIFEST, DOCKER_MANIFEST, "application/json", "text/plain"])
def test_a_manifest_is_known_by_its_shape(media_type: str) -> None:
    assert isinstance(parse_manifest(_stored(MANIFEST, media_type)), ImageManifest)
    assert isinstance(parse_manifest(_stored(INDEX, OCI_INDEX)), ImageIndex)


@pytest.mark.parametrize(
    ("document", "media_type", "message"),
    [
        (MANIFEST | INDEX, "", "both an image and an index"),
        (MANIFEST, OCI_INDEX, "content is not that of"),
        (INDEX, OCI_MANIFEST, "content is not that of"),
        (MANIFEST | {"mediaType": DOCKER_MANIFEST}, OCI_MANIFEST, "is served as"),
        ({"schemaVersion": 1, "fsLayers": []}, "", "schema 1"),
        ({"schemaVersion": 2}, "", "neither an image manifest nor an image index"),
        (
            MANIFEST | {"config": CONFIG | {"mediaType": "application/vnd.cncf.helm.config.v1+json"}},
            "",
            "not a container",
        ),
        (MANIFEST | {"layers": [LAYER] * 1001}, "", "over 1000 layers"),
        (INDEX | {"manifests": INDEX["manifests"] * 501}, "", "over 500 manifests"),
        (MANIFEST | {"layers": [LAYER | {"size": -1}]}, "", "not valid"),
        (MANIFEST | {"layers": [LAYER | {"digest": "sha512:" + "a" * 128}]}, "", "not valid"),
        (MANIFEST | {"layers": [LAYER | {"digest": f"sha256:{'../' * 21}a"}]}, "", "not valid"),
        ([], "", "not valid"),
    ],
)
def test_what_is_no_image_says_why(document: object, media_type: str, message: str) -> None:
    with pytest.raises(RegistryError, match=message):
        parse_manifest(_stored(document, media_type))


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b"null", b"1e999"])
def test_malformed_documents_are_registry_errors(body: bytes) -> None:
    with pytest.raises(RegistryError):
        parse_manifest(StoredManifest(body, DIGEST))


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)), st.data()
)
def test_any_field_of_any_kind_is_read_or_refused(value: object, data: st.DataObject) -> None:
    document = dict(data.draw(st.sampled_from([MANIFEST, INDEX])))
    document[data.draw(st.sampled_from(["config", "layers", "manifests", "mediaType", "schemaVersion"]))] = value

    try:
        parse_manifest(_stored(document))
    except RegistryError:
        return


def _image_config(**changes: object) -> bytes:
    whole = {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [DIGEST]}}
    return json.dumps({**whole, **changes}).encode()


def _parsed() -> ImageManifest:
    parsed = parse_manifest(_stored(MANIFEST))
    assert isinstance(parsed, ImageManifest)
    return parsed


def test_instructions_skip_steps_without_a_layer() -> None:
    history = [{"created_by": "ENV a", "empty_layer": True}, {"created_by": "COPY . /"}]

    assert parse_image("r", DIGEST, _parsed(), _image_config(history=history)).layers[0].created_by == "COPY . /"


def test_base_is_read_from_annotations_else_labels() -> None:
    labels = {"Labels": {"org.opencontainers.image.base.name": "debian:11"}}
    assert parse_image("r", DIGEST, _parsed(), _image_config(config=labels)).base.name == "debian:11"
    annotated = parse_manifest(_stored(MANIFEST | {"annotations": {"org.opencontainers.image.base.name": "debian:12"}}))
    assert isinstance(annotated, ImageManifest)
    assert parse_image("r", DIGEST, annotated, _image_config(config=labels)).base.name == "debian:12"
    assert parse_image("r", DIGEST, _parsed(), _image_config(config=None)).base.name == ""


@pytest.mark.parametrize(
    "history",
    [None, [], [{"created_by": "a"}, {"created_by": "b"}], {}, "x", 7, [{"created_by": 7}], [None], [["a"]]],
)
def test_a_history_that_does_not_fit_tells_nothing(history: object) -> None:
    assert parse_image("r", DIGEST, _parsed(), _image_config(history=history)).layers[0].created_by == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"rootfs": {}},
        {"rootfs": {"diff_ids": [DIGEST] * 2}},
        {"rootfs": {"diff_ids": ["x"]}},
        {"os": 5},
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RegistryError):
        parse_image("r", DIGEST, _parsed(), _image_config(**changes))


@pytest.mark.parametrize(
    ("media_type", "why"),
    [
        ("application/vnd.oci.image.layer.v1.tar", None),
        ("application/vnd.oci.image.layer.v1.tar+zstd", None),
        ("application/vnd.docker.image.rootfs.diff.tar.gzip", None),
        ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "foreign"),
        ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "foreign"),
        ("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "not a tar layer's"),
        ("", "not a tar layer's"),
    ],
)
def test_why_unreadable_tells_tar_layers_from_others(media_type: str, why: str | None) -> None:
    found = why_unreadable(media_type)
    assert (found is None) if why is None else (found is not None and why in found)


def test_attestations_are_left_out_of_an_index(tmp_path: Path) -> None:
    build_index(tmp_path, {"linux/amd64": [{"a": b"b"}], "unknown/unknown": [{"attestation": b"x"}]})

    images = OciLayoutSource(LayoutFolder(tmp_path)).images("")

    assert [str(image.platform) for image in images] == ["linux/amd64"]
    marked = Descriptor(digest=DIGEST, size=1, annotations={"vnd.docker.reference.type": "attestation-manifest"})
    assert marked.is_attestation()


def test_platforms_that_an_archive_does_not_hold_are_left_out(tmp_path: Path) -> None:
    build_index(tmp_path, {"linux/amd64": [{"a": b"b"}], "linux/arm64": [{"c": b"d"}]})
    source = OciLayoutSource(LayoutFolder(tmp_path))
    gone = source.images("")[1].digest
    (tmp_path / "blobs" / "sha256" / gone.removeprefix("sha256:")).unlink()

    assert [str(image.platform) for image in source.images("")] == ["linux/amd64"]


def test_indexes_in_indexes_end(tmp_path: Path) -> None:
    digest = build_index(tmp_path, {"linux/amd64": [{"a": b"b"}]})
    blobs = tmp_path / "blobs" / "sha256"
    for _ in range(4):
        size = (blobs / digest.removeprefix("sha256:")).stat().st_size
        body = json.dumps(
            {"schemaVersion": 2, "manifests": [{"mediaType": OCI_INDEX, "digest": digest, "size": size}]}
        ).encode()
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        (blobs / digest.removeprefix("sha256:")).write_bytes(body)

    with pytest.raises(RegistryError, match="nested over 3 deep"):
        OciLayoutSource(LayoutFolder(tmp_path)).images(digest)


@pytest.mark.parametrize(
    ("config", "layer"),
    [
        ("application/vnd.cncf.helm.config.v1+json", "application/vnd.cncf.helm.chart.content.v1.tar+gzip"),
        ("application/vnd.oci.image.config.v1+json", "application/vnd.dev.cosign.simplesigning.v1+json"),
        ("application/vnd.oci.image.config.v1+json", "application/vnd.in-toto+json"),
    ],
)
def test_chart_signature_and_attestation_are_no_images(config: str, layer: str) -> None:
    def part(kind: str) -> dict[str, object]:
        return {"mediaType": kind, "digest": DIGEST, "size": 2}

    manifest = {"schemaVersion": 2, "config": part(config), "layers": [part(layer)]}
    with pytest.raises(NotAnImage):
        parse_manifest(_stored(manifest))
