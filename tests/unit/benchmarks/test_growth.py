from __future__ import annotations

import hashlib
import io
import tarfile
from xml.etree import ElementTree

import pytest

from benchmarks.generated_layer import PieceReader, read_generated, tar_pieces
from benchmarks.growth import exponent
from benchmarks.log_plot import log_plot


def test_exponent_is_that_of_a_power() -> None:
    assert exponent([(x, 3 * x**1.5) for x in (1, 10, 100, 1000)]) == pytest.approx(1.5)
    assert exponent([(x, 7.0) for x in (10, 20, 40)]) == pytest.approx(0.0)


def test_generated_layer_is_a_tar_of_files_and_packages() -> None:
    body = b"".join(tar_pieces(41, 1000))
    with tarfile.open(fileobj=io.BytesIO(body)) as read:
        members = read.getmembers()
    assert len(members) == 41
    assert sum(member.name.endswith("package.json") for member in members) == 3
    reader = PieceReader(tar_pieces(41, 1000))
    assert hashlib.sha256(b"".join(iter(lambda: reader.read(700), b""))).digest() == hashlib.sha256(body).digest()
    report = read_generated(41, 1000)
    assert report.entries == 41
    assert len(report.files) == 3


def test_plot_has_a_dot_for_every_point() -> None:
    drawn = log_plot("Reading & more", "entries", "s", [(1000, 0.1), (10_000, 2)], 1.3)
    plot = ElementTree.fromstring(drawn)  # noqa: S314 - our own text
    assert len(plot.findall("{*}circle")) == 2
    assert any("Reading & more, exponent 1.30" in (text.text or "") for text in plot.iter())
