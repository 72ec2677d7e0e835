"""Recognises the base of an image: by what its builder wrote down, by images that are known, by its history.

Annotations name it (https://github.com/opencontainers/image-spec/blob/main/annotations.md) and do not say which layers
it has.  A known image whose layers are the lowest ones of this image has told both.  Otherwise the history is read as
builders write it: a base image ends with the command that it starts, or is one unpacked root file system.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct, structs

from pratique.model.base_image import NO_BASE, BaseFoundBy, BaseImage, KnownImage
from pratique.model.image import Image, chain_ids

NAME_ANNOTATION = "org.opencontainers.image.base.name"
DIGEST_ANNOTATION = "org.opencontainers.image.base.digest"
_LONGEST_NAME = 400
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

_STARTS = re.compile(r"(?:/bin/sh -c #\(nop\) +)?(?:CMD|ENTRYPOINT)\b")
# Steps that unpack a whole root file system: Docker's and BuildKit's ADD to /, Debian's and Amazon Linux's own images,
# Bazel's (distroless) and apko's.
_ROOT_FILE_SYSTEM = re.compile(
    r"(?:/bin/sh -c #\(nop\) +)?ADD \S+ (?:in )?/\s*(?:#.*)?$|(?:COPY|ADD) \S*rootfs\S* /\s*(?:#.*)?$|FROM \S+$"
    r"|# debian\.sh |debootstrap\b|bazel build\b|apko\b"
)
_FROM = re.compile(r"FROM (\S+)")
_IMAGE_ID = re.compile(r"(?:sha256:)?[0-9a-f]{12,64}")


class HistoryStep(Struct, frozen=True):
    """One entry of an image's history; ``empty`` ones made no layer."""

    created_by: str
    comment: str
    empty: bool


def stated_base(annotations: Mapping[str, str], history: Sequence[HistoryStep], layers: int) -> BaseImage:
    """Return the base that an image's own documents tell of; ``layers`` is how many layers the image has."""
    name = "".join(letter for letter in annotations.get(NAME_ANNOTATION, "") if letter.isprintable())[:_LONGEST_NAME]
    digest = annotations.get(DIGEST_ANNOTATION, "")
    digest = digest if _DIGEST.fullmatch(digest) else ""
    by_history = _by_history(history, layers)
    if not (name or digest):
        return by_history
    told = f"the image's annotations name {name or digest}"
    if not by_history.layers:
        told += ", and which layers are its is not known"
    return BaseImage(by_history.layers, BaseFoundBy.ANNOTATION, name, digest, because=told)


def with_known_base(image: Image, known: Mapping[str, KnownImage]) -> Image:
    """Return the image with the largest of the known images that it is built on, by chain ID, as its base.

    What annotations say of name and digest stays; the layers are the known image's.
    """
    chains = chain_ids([layer.diff_id for layer in image.layers])[:-1]
    largest = max((count for count, chain in enumerate(chains, 1) if chain in known), default=0)
    if not largest:
        return image
    found, stated = known[chains[largest - 1]], image.base
    told = (
        f"its lowest {largest} layers are those of {found.name}" if largest > 1 else f"its lowest layer is {found.name}"
    )
    if stated.found_by is BaseFoundBy.ANNOTATION:
        because = f"the image's annotations name {stated.name or stated.digest}, and {told}"
        digest = stated.digest or found.digest
        base = BaseImage(largest, BaseFoundBy.ANNOTATION, stated.name or found.name, digest, found.known_as, because)
    else:
        base = BaseImage(largest, BaseFoundBy.KNOWN_IMAGE, found.name, found.digest, found.known_as, told)
    return structs.replace(image, base=base)


def _by_history(history: Sequence[HistoryStep], layers: int) -> BaseImage:
    if sum(not step.empty for step in history) != layers:
        return NO_BASE
    for found in (_by_comment(history), _by_command(history), _by_root(history)):
        if 0 < found.layers < layers:
            return found
    return NO_BASE


def _by_comment(history: Sequence[HistoryStep]) -> BaseImage:
    """Buildah writes ``FROM <name>`` as the comment of the first step of its own."""
    for place, step in enumerate(history):
        if named := _FROM.match(step.comment):
            name = "" if _IMAGE_ID.fullmatch(named[1]) else named[1]
            return _told(history[:place], f"the history says {step.comment[:_LONGEST_NAME]}", name)
    return NO_BASE


def _by_command(history: Sequence[HistoryStep]) -> BaseImage:
    """Take the last step that sets a command and is followed by a layer as the end of the base image."""
    last_layer = max((place for place, step in enumerate(history) if not step.empty), default=0)
    closing = [
        place for place, step in enumerate(history[:last_layer]) if step.empty and _STARTS.match(step.created_by)
    ]
    if not closing:
        return NO_BASE
    return _told(history[: closing[-1]], "a command is set in its history, and layers follow")


def _by_root(history: Sequence[HistoryStep]) -> BaseImage:
    steps = [step for step in history if not step.empty]
    count = 0
    while count < len(steps) and _ROOT_FILE_SYSTEM.match(steps[count].created_by):
        count += 1
    return _told(steps[:count], "its history begins with a whole root file system, and other steps follow")


def _told(below: Sequence[HistoryStep], because: str, name: str = "") -> BaseImage:
    return BaseImage(sum(not step.empty for step in below), BaseFoundBy.HISTORY, name, because=because)
