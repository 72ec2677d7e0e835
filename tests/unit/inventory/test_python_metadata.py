"""Core metadata of installed Python distributions."""

from __future__ import annotations

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.python_metadata import (
    PYTHON_DIST_INFO,
    PYTHON_EGG_INFO,
    PYTHON_EGG_INFO_FILE,
    parse_core_metadata,
)


def test_metadata_reads_name_version_and_license_from_its_headers_only() -> None:
    package = parse_core_metadata(
        b"Metadata-Version: 2.1\nname: Flask\nVersion: 2.0.1\nLicense: BSD\nKeywords: a\n b\nstray\n\nVersion: 9\n"
    )
    assert (package.type, package.name, package.version, package.licenses) == ("pypi", "Flask", "2.0.1", ("BSD",))


def test_metadata_survives_bytes_that_are_not_utf8() -> None:
    package = parse_core_metadata(b"Name: a\nAuthor: J\xf6rg\nVersion: 1\n")
    assert (package.name, package.version) == ("a", "1")


@pytest.mark.parametrize(
    ("path", "name", "version"),
    [
        ("x/zope.event-4.5.0.dist-info/METADATA", "zope.event", "4.5.0"),
        ("x/my_pkg-1.0-py3.8.egg-info/PKG-INFO", "my-pkg", "1.0"),
        ("x/my_pkg-1.0-py3.8.egg/EGG-INFO/PKG-INFO", "my-pkg", "1.0"),
    ],
)
def test_metadata_that_names_nothing_falls_back_to_the_folder(path: str, name: str, version: str) -> None:
    package = parse_core_metadata(b"Metadata-Version: 2.1\n", path)
    assert (package.name, package.version) == (name, version)


def test_metadata_with_no_name_anywhere_is_an_error() -> None:
    with pytest.raises(ExtractorError, match="names no distribution"):
        parse_core_metadata(b"Metadata-Version: 2.1\n", "x/foo.egg-info/PKG-INFO")


def test_python_files_are_wanted_where_installers_put_them() -> None:
    assert PYTHON_DIST_INFO.wants("usr/lib/python3/dist-packages/a-1.dist-info/METADATA")
    assert not PYTHON_DIST_INFO.wants("usr/share/METADATA")
    assert PYTHON_EGG_INFO.wants("usr/lib/a-1-py3.egg/EGG-INFO/PKG-INFO")
    assert not PYTHON_EGG_INFO.wants("src/a/PKG-INFO")
    assert PYTHON_EGG_INFO_FILE.wants("usr/lib/python3/dist-packages/a-1.egg-info")
