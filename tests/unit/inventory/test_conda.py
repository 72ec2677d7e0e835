"""conda-meta records."""

from __future__ import annotations

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.conda import CONDA, parse_conda_meta


def test_conda_record_reads_name_version_and_platform() -> None:
    body = b'{"name": "zlib", "version": "1.2.13", "build": "h5eee18b_0", "subdir": "linux-64", "license": "Zlib"}'
    package = parse_conda_meta(body)
    assert (package.type, package.name, package.version, package.architecture) == (
        "conda",
        "zlib",
        "1.2.13",
        "linux-64",
    )


def test_conda_record_without_name_is_an_error() -> None:
    with pytest.raises(ExtractorError):
        parse_conda_meta(b"{}")


def test_conda_records_are_wanted_in_conda_meta_only() -> None:
    assert CONDA.wants("opt/conda/conda-meta/zlib-1.2.13-0.json")
    assert not CONDA.wants("opt/conda/pkgs/zlib.json")
