"""dpkg's status and file lists."""

from __future__ import annotations

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.dpkg import (
    DPKG_DIVERSIONS,
    DPKG_FILES,
    DPKG_STATUS,
    parse_list,
    parse_md5sums,
    parse_status,
)
from pratique.model.inventory import Diversion
from pratique.model.package import Package, PackageType

_STATUS = b"""Package: zlib1g
Status: install ok installed
Architecture: amd64
Source: zlib (1:1.2.13)
Version: 1:1.2.13.dfsg-1
Conffiles:
 /etc/x 0123
Description: library
 Package: not a field
 .
 more

Package: gone
Status: deinstall ok config-files
Version: 1

Package: held
Status: deinstall hold installed
Version: 2

Package: odd
Status: install ok triggers-pending
Version: 3
"""


def test_status_reads_source_and_version() -> None:
    first = next(parse_status(_STATUS))
    assert first == Package(
        PackageType.DEB,
        "zlib1g",
        "1:1.2.13.dfsg-1",
        architecture="amd64",
        source_name="zlib",
        source_version="1:1.2.13",
    )


def test_status_fills_the_source_with_the_package_itself() -> None:
    (package,) = parse_status(b"Package: a\nVersion: 1-2\n")
    assert (package.source_name, package.source_version) == ("a", "1-2")


def test_status_lists_only_states_with_files_on_disk() -> None:
    assert [package.name for package in parse_status(_STATUS)] == ["zlib1g", "held", "odd"]


def test_status_field_names_are_case_insensitive_and_lines_may_end_in_crlf() -> None:
    (package,) = parse_status(b"package: a\r\nVERSION: 1\r\n\r\n")
    assert (package.name, package.version) == ("a", "1")


@pytest.mark.parametrize("body", [b"no field here\n", b"Package: a\0\nVersion: 1\n"])
def test_status_refuses_what_is_no_stanza(body: bytes) -> None:
    with pytest.raises(ExtractorError):
        list(parse_status(body))


def test_list_keeps_files_that_could_matter_and_no_folder() -> None:
    body = (
        b"/.\n/usr\n/usr/bin\n/usr/bin/python3.11\n/usr/lib\n/usr/lib/x.so.1\n/usr/lib/a.py\n/usr/share/doc/a/README\n"
    )
    assert parse_list(body) == ("usr/bin/python3.11", "usr/lib/x.so.1")


def test_list_names_its_owner_without_the_architecture() -> None:
    read = DPKG_FILES.extract("var/lib/dpkg/info/libc6:amd64.list", b"/lib/libc.so.6\n")
    assert (read.owner, read.owns, read.packages) == ("libc6", ((-1, "lib/libc.so.6"),), ())


def test_list_leaves_out_the_root_folder() -> None:
    assert parse_list(b"/.\n") == ()


def test_status_d_holds_packages_and_their_files_side_by_side() -> None:
    assert DPKG_STATUS.extract("var/lib/dpkg/status.d/base", b"Package: base\nVersion: 1\n").packages
    read = DPKG_STATUS.extract("var/lib/dpkg/status.d/base.md5sums", b"0123  usr/bin/tool\n4567  usr/share/doc/x/y\n")
    assert (read.owner, read.owns) == ("base", ((-1, "usr/bin/tool"),))
    assert read.checksums == ((-1, "usr/bin/tool", "0123"),)
    assert list(parse_md5sums(b"")) == []


def test_checksums_are_kept_of_programs_and_scripts_in_system_folders() -> None:
    kept = ("bin/ls", "lib/x86_64-linux-gnu/libc.so.6", "usr/lib/python3.11/os.py", "usr/share/perl5/A.pm")
    others = (
        "etc/init.d/cron",
        "opt/tool/bin/x",
        "usr/lib/python3/dist-packages/six.py",
        "usr/local/bin/x",
        "usr/share/doc/ls/script.sh",
        "usr/share/perl5/A.pod",
    )
    body = "".join(f"0123456789ABCDEF0123456789abcdef  {path}\n" for path in (*kept, *others)).encode()
    read = DPKG_FILES.extract("var/lib/dpkg/info/a:amd64.md5sums", body)
    assert (read.owner, read.owns) == ("a", ())
    assert read.checksums == tuple((-1, path, "0123456789abcdef0123456789abcdef") for path in kept)


def test_diversions_of_a_package_and_of_the_administrator() -> None:
    body = b"/bin/sh\n/bin/sh.distrib\ndash\n/sbin/initctl\n/sbin/initctl.real\n:\n"
    read = DPKG_DIVERSIONS.extract("var/lib/dpkg/diversions", body)
    assert read.diversions == (
        Diversion("bin/sh", "bin/sh.distrib", "dash"),
        Diversion("sbin/initctl", "sbin/initctl.real"),
    )
    with pytest.raises(ExtractorError):
        DPKG_DIVERSIONS.extract("var/lib/dpkg/diversions", b"/bin/sh\n/bin/sh.distrib\n")
