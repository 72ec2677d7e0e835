"""What the accuracy table works out from labels, because no image comes with them."""

from __future__ import annotations

import pytest

from benchmarks.accuracy.labels import Label
from benchmarks.accuracy.releases import ecosystem_of_image, system_type
from benchmarks.accuracy.source_packages import source_version, sources_of
from pratique.model.package import PackageType


def _label(name: str, version: str, *, kind: str = "", os: str = "", tag: str = "", image: str = "registry/x") -> Label:
    return Label(image, tag, os, kind, name, version, ("CVE-1",), is_real=True)


@pytest.mark.parametrize(
    ("kind", "label", "ecosystem"),
    [
        ("deb", _label("bash", "4.2", os="debian", tag="7"), "Debian:7"),
        ("deb", _label("libssl1.1", "1.1.1n-0+deb11u3"), "Debian:11"),
        ("deb", _label("libc6", "2.31-0ubuntu9.9"), "Ubuntu:20.04:LTS"),
        ("deb", _label("bash", "5.0-6ubuntu1"), ""),
        ("apk", _label("vim", "8-r0", os="alpine", tag="vulnerabilities-alpine-3.14-d5be50d"), "Alpine:v3.14"),
        ("apk", _label("busybox", "1.33.1-r3"), "Alpine:v3.14"),
        ("apk", _label("glibc", "2.36-r0", image="chainguard/wolfi-base"), "Wolfi"),
        ("rpm", _label("curl", "7.79.1-1.amzn2.0.1"), "Amazon Linux:2"),
        ("rpm", _label("golang", "1.22.5-1.azl3"), "Azure Linux:3"),
        ("rpm", _label("curl", "7.61.1-18.el8"), "Red Hat:enterprise_linux:8"),
        ("rpm", _label("curl", "7.61.1-18.el8", os="rockylinux", tag="8"), "Rocky Linux:8"),
        (
            "rpm",
            _label("glibc", "2.22-1", os="sles12", tag="26.380", image="suse/sles12sp4"),
            "SUSE:Linux Enterprise Server 12 SP4",
        ),
    ],
)
def test_release_is_told_by_tag_version_or_base_package(kind: str, label: Label, ecosystem: str) -> None:
    assert ecosystem_of_image(PackageType(kind), [label]) == ecosystem


def test_label_without_a_type_is_a_system_package_where_its_version_has_a_revision() -> None:
    typed = _label("libc6", "2.31-13+deb11u3", kind="deb")
    assert system_type(_label("libtasn1-6", "4.16.0-2"), [typed]) is PackageType.DEB
    assert system_type(_label("minimist", "1.2.5"), [typed]) is None
    assert system_type(_label("golang", "1.22.5-1.azl3"), []) is PackageType.RPM


def test_sources_of_a_package_are_every_one_that_ever_built_it() -> None:
    assert sources_of("deb", "libc6") == ("eglibc", "glibc", "libc6")
    assert sources_of("deb", "gcc-4.9-base") == ("gcc-4.9", "gcc-4.9-base")
    assert sources_of("apk", "ssl_client") == ("busybox", "ssl_client")
    assert sources_of("rpm", "curl") == ("curl",)
    assert source_version("deb", "1.27.1-2+b1") == "1.27.1-2"
