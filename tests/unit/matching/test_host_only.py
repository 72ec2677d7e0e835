from __future__ import annotations

import pytest

from pratique.matching.host_only import is_host_only
from pratique.model.package import PackageType
from tests.advisory_files import installed


@pytest.mark.parametrize(
    ("kind", "name", "source", "host_only"),
    [
        ("deb", "linux-libc-dev", "linux", True),
        ("deb", "linux-headers-6.1.0-18-amd64", "linux", True),
        ("deb", "linux-image-5.15.0-91-generic", "linux-signed", True),
        ("deb", "bpftool", "linux", True),
        ("deb", "firmware-linux-free", "firmware-free", True),
        ("deb", "intel-microcode", "intel-microcode", True),
        ("deb", "grub-pc-bin", "grub2", True),
        ("deb", "libpam-modules", "pam", False),
        ("deb", "util-linux", "util-linux", False),
        ("deb", "libselinux1", "libselinux", False),
        ("deb", "linux-base", "linux-base", False),
        ("deb", "perl-base", "perl", False),
        ("rpm", "kernel-headers", "kernel", True),
        ("rpm", "kernel-tools-libs", "kernel", True),
        ("rpm", "kernel-core", "kernel", True),
        ("rpm", "linux-firmware", "linux-firmware", True),
        ("rpm", "linux-glibc-devel", "linux-glibc-devel", True),
        ("rpm", "glibc-headers", "glibc", False),
        ("rpm", "kmod-libs", "kmod", False),
        ("apk", "linux-headers", "linux-headers", True),
        ("apk", "linux-pam", "linux-pam", False),
        ("npm", "kernel", "", False),
        ("golang", "kernel", "", False),
    ],
)
def test_what_only_a_host_uses(kind: str, name: str, source: str, host_only: bool) -> None:
    package = installed(PackageType(kind), name, "1", "Debian:12", source=(source, "1") if source else ("", ""))
    assert is_host_only(package) is host_only
