"""apk's installed database."""

from __future__ import annotations

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.apk import APK, parse_installed
from pratique.model.package import Package, PackageType

_INSTALLED = b"""C:Q1abc=
P:libcrypto3
V:3.1.4-r1
A:x86_64
L:Apache-2.0
o:openssl
F:
F:lib
R:libcrypto.so.3
F:usr/share/doc/openssl
R:README

P:musl
V:1.2.4-r2
A:x86_64
"""


def test_installed_reads_origin_license_and_owned_files() -> None:
    packages, owns = parse_installed(_INSTALLED)
    assert packages[0] == Package(
        PackageType.APK,
        "libcrypto3",
        "3.1.4-r1",
        architecture="x86_64",
        source_name="openssl",
        source_version="3.1.4-r1",
        licenses=("Apache-2.0",),
    )
    assert owns == [(0, "lib/libcrypto.so.3")]


def test_installed_package_with_no_origin_is_its_own_source() -> None:
    packages, _ = parse_installed(_INSTALLED)
    assert (packages[1].name, packages[1].source_name) == ("musl", "musl")


def test_installed_refuses_a_file_without_packages() -> None:
    with pytest.raises(ExtractorError):
        parse_installed(b"\x00\x01 not a database")
    assert parse_installed(b"") == ([], [])


def test_apk_is_wanted_in_both_places() -> None:
    assert APK.wants("lib/apk/db/installed")
    assert APK.wants("usr/lib/apk/db/installed")
