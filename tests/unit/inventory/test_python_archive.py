"""Wheels and eggs that lie packed."""

from __future__ import annotations

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.python_archive import PYTHON_ARCHIVE, parse_archive
from tests.zip_files import zip_of

_METADATA = b"Metadata-Version: 2.1\nName: pip\nVersion: 23.0.1\n"


@pytest.mark.parametrize(
    "files",
    [
        {"pip/_vendor/x-1.dist-info/METADATA": b"Name: x\nVersion: 1\n", "pip-23.0.1.dist-info/METADATA": _METADATA},
        {"EGG-INFO/PKG-INFO": _METADATA},
    ],
)
def test_archive_reads_its_own_metadata(files: dict[str, bytes]) -> None:
    package = parse_archive("x.whl", zip_of(files))
    assert (package.name, package.version) == ("pip", "23.0.1")


@pytest.mark.parametrize("body", [b"", b"no zip", zip_of({"a.py": b""})])
def test_archive_without_metadata_is_an_error(body: bytes) -> None:
    with pytest.raises(ExtractorError):
        PYTHON_ARCHIVE.extract("x.egg", body)
