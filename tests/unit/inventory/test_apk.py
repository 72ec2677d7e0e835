"""apk's installed database."""

from __future__ import annotations

import base64
import hashlib

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.apk import APK, parse_installed
from pratique.inventory.extractor import Parsed
from pratique.model.package import Package, PackageType

_Z = base64.b64encode(hashlib.sha1(b"content").digest())
_INSTALLED = (
    b"""C:Q1abc=
P:libcrypto3
V:3.1.4-r1
A:x86_64
L:Apache-2.0
o:openssl
F:
F:lib
R:libcrypto.so.3
a:0:0:755
Z:Q1%s
F:usr/share/doc/openssl
R:README

P:musl
V:1.2.4-r2
A:x86_64
"""
    % _Z
)


def test_installed_reads_origin_license_and_owned_files() -> None:
    read = parse_installed(_INSTALLED)
    assert read.packages[0] == Package(
        PackageType.APK,
        "libcrypto3",
        "3.1.4-r1",
        architecture="x86_64",
        source_name="openssl",
        source_version="3.1.4-r1",
        licenses=("Apache-2.0",),
    )
    assert read.owns == ((0, "lib/libcrypto.so.3"),)
    assert read.checksums == ((0, "lib/libcrypto.so.3", hashlib.sha1(b"content").hexdigest()),)


def test_installed_package_with_no_origin_is_its_own_source() -> None:
    packages = parse_installed(_INSTALLED).packages
    assert (packages[1].name, packages[1].source_name) == ("musl", "musl")


def test_installed_refuses_a_file_without_packages() -> None:
    with pytest.raises(ExtractorError):
        parse_installed(b"\x00\x01 not a database")
    assert parse_installed(b"") == Parsed()


def test_apk_is_wanted_in_both_places() -> None:
    assert APK.wants("lib/apk/db/installed")
    assert APK.wants("usr/lib/apk/db/installed")


def test_installed_keeps_every_set_uid_file_and_no_checksum_of_unknown_form() -> None:
    body = b"P:a\nV:1\nF:usr/lib/a\nR:x.odd\na:0:0:4755\nZ:Q1%s\nR:y.odd\nF:bin\nR:one\nZ:Q1AAAA\nR:two\nZ:Q9%s\n" % (
        _Z,
        _Z,
    )
    read = parse_installed(body)
    assert [path for _, path in read.owns] == ["usr/lib/a/x.odd", "bin/one", "bin/two"]
    assert read.checksums == ()
