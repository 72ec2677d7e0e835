"""Histories here are as the named builders write them."""

from __future__ import annotations

import pytest

from pratique.inventory.base_image import (
    DIGEST_ANNOTATION,
    NAME_ANNOTATION,
    HistoryStep,
    stated_base,
    with_known_base,
)
from pratique.model.base_image import NO_BASE, BaseFoundBy, KnownImage, LayerOrigin
from pratique.model.image import chain_ids
from tests.finding_builder import image_id, resolved

DIGEST = "sha256:" + "d" * 64
BUILDKIT_PYTHON = (
    HistoryStep("# debian.sh --arch 'amd64' out/ 'bookworm' '@1700000000'", "debuerreotype 0.15", empty=False),
    HistoryStep("RUN /bin/sh -c apt-get update # buildkit", "buildkit.dockerfile.v0", empty=False),
    HistoryStep('CMD ["python3"]', "buildkit.dockerfile.v0", empty=True),
    HistoryStep("COPY . /app # buildkit", "buildkit.dockerfile.v0", empty=False),
    HistoryStep('CMD ["python3" "app.py"]', "buildkit.dockerfile.v0", empty=True),
)
DOCKER_DEBIAN = (
    HistoryStep("/bin/sh -c #(nop) ADD file:aaaa in / ", "", empty=False),
    HistoryStep('/bin/sh -c #(nop)  CMD ["bash"]', "", empty=True),
    HistoryStep("/bin/sh -c #(nop) ENV A=1", "", empty=True),
    HistoryStep("/bin/sh -c pip install .", "", empty=False),
)
BUILDAH = (
    HistoryStep("/bin/sh -c #(nop) ADD file:aaaa in / ", "", empty=False),
    HistoryStep("/bin/sh -c #(nop) MAINTAINER x", "", empty=False),
    HistoryStep("/bin/sh -c make", "FROM registry.example.org/ubi9:9.4", empty=False),
)
BAZEL = tuple(HistoryStep("bazel build ...", "", empty=False) for _ in range(3))
ALPINE = (
    HistoryStep("ADD alpine-minirootfs-3.20.0-x86_64.tar.gz / # buildkit", "", empty=False),
    HistoryStep("RUN apk add curl", "", empty=False),
)


@pytest.mark.parametrize(
    ("history", "layers", "name"),
    [
        (BUILDKIT_PYTHON, 2, ""),
        (DOCKER_DEBIAN, 1, ""),
        (BUILDAH, 2, "registry.example.org/ubi9:9.4"),
        ((*BAZEL, HistoryStep("COPY app /", "", empty=False)), 3, ""),
        (ALPINE, 1, ""),
    ],
)
def test_history_tells_where_the_base_ends(history: tuple[HistoryStep, ...], layers: int, name: str) -> None:
    base = stated_base({}, history, sum(not step.empty for step in history))
    assert (base.layers, base.found_by, base.name) == (layers, BaseFoundBy.HISTORY, name)
    assert base.because


@pytest.mark.parametrize(
    "history",
    [
        (),
        BAZEL,
        DOCKER_DEBIAN[:2],
        (HistoryStep("COPY app /", "", empty=False), HistoryStep("COPY more /", "", empty=False)),
        (*BUILDKIT_PYTHON[:3], HistoryStep("", "", empty=True)),
    ],
    ids=["none", "all of one builder", "is itself a base", "from scratch", "only a configuration follows"],
)
def test_history_without_a_seam_tells_of_no_base(history: tuple[HistoryStep, ...]) -> None:
    layers = sum(not step.empty for step in history)
    found = stated_base({}, history, layers)
    assert found.layers < max(layers, 1)
    if history[:1] != BUILDKIT_PYTHON[:1]:
        assert found == NO_BASE


def test_history_that_does_not_fit_the_layers_is_not_believed() -> None:
    assert stated_base({}, DOCKER_DEBIAN, 7) == NO_BASE


def test_annotations_name_the_base_and_the_history_counts_its_layers() -> None:
    named = {NAME_ANNOTATION: "docker.io/library/debian:12\x1b", DIGEST_ANNOTATION: DIGEST}
    base = stated_base(named, DOCKER_DEBIAN, 2)
    assert (base.found_by, base.name, base.digest, base.layers) == (
        BaseFoundBy.ANNOTATION, "docker.io/library/debian:12", DIGEST, 1,
    )  # fmt: skip
    unknown = stated_base(named, (), 2)
    assert unknown.layers == 0
    assert "not known" in unknown.because
    assert stated_base({DIGEST_ANNOTATION: "latest"}, (), 2) == NO_BASE


def test_known_image_with_the_most_layers_is_the_base() -> None:
    image = resolved(image_id(), layers=4)
    chains = chain_ids([layer.diff_id for layer in image.layers])
    known = {
        chains[0]: KnownImage("base:1", DIGEST, "i/base@sha256:1"),
        chains[2]: KnownImage("python:3", DIGEST, "i/python@sha256:2"),
        chains[3]: KnownImage("the image itself", DIGEST),
    }
    base = with_known_base(image, known).base
    assert (base.layers, base.found_by, base.name, base.known_as) == (
        3, BaseFoundBy.KNOWN_IMAGE, "python:3", "i/python@sha256:2",
    )  # fmt: skip
    assert [base.origin(index) for index in (0, 2, 3, -1)] == [
        LayerOrigin.BASE, LayerOrigin.BASE, LayerOrigin.APPLICATION, LayerOrigin.APPLICATION,
    ]  # fmt: skip


def test_other_layers_below_make_another_chain() -> None:
    image = resolved(image_id(), layers=3)
    diff_ids = [layer.diff_id for layer in image.layers]
    other = chain_ids([diff_ids[1], diff_ids[0]])
    assert with_known_base(image, dict.fromkeys(other, KnownImage("other", DIGEST))) == image
    assert chain_ids([]) == ()
