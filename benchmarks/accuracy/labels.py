"""Reads the labels: what people judged of one flaw in one package of one image."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec


class Row(msgspec.Struct):
    """One line of the file."""

    image: str
    name: str
    version: str
    vulnerability: str
    label: str
    tag: str = ""
    os: str = ""
    package_type: str = ""
    effective_cve: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """One judgement: ``is_real`` where the flaw is there, otherwise a scanner was wrong to report it.

    ``ids`` are the ids of the flaw that the label names; ``type`` is the package's, ``app`` for a language package
    whose language is not stated, empty where nothing is.
    """

    image: str
    tag: str
    os: str
    type: str
    name: str
    version: str
    ids: tuple[str, ...]
    is_real: bool

    @property
    def key(self) -> str:
        """A short hash that names the judgement without repeating it."""
        words = (self.image, self.type, self.name, self.version, *self.ids)
        return hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]


def read_labels(path: Path) -> tuple[Label, ...]:
    """Return the labels of a file of JSON lines; raises msgspec.DecodeError where a line is something else."""
    decoder = msgspec.json.Decoder(Row)
    return tuple(_label(decoder.decode(line)) for line in path.read_bytes().splitlines() if line.strip())


def by_image(labels: Iterable[Label]) -> Mapping[str, tuple[Label, ...]]:
    """Return the labels of each image, in the order of the file."""
    groups: dict[str, list[Label]] = {}
    for label in labels:
        groups.setdefault(label.image, []).append(label)
    return {image: tuple(group) for image, group in groups.items()}


def _label(row: Row) -> Label:
    ids = tuple(dict.fromkeys(name for name in (row.effective_cve, row.vulnerability) if name))
    return Label(row.image, row.tag, row.os, row.package_type, row.name, row.version, ids, row.label == "TP")
