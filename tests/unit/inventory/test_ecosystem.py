from __future__ import annotations

import pytest

from pratique.inventory.ecosystem import ecosystem_of
from pratique.model.distribution import Distribution
from pratique.model.package import PackageType
from pratique.versions.ecosystems import scheme_of


@pytest.mark.parametrize(
    ("kind", "id_", "version", "ecosystem"),
    [
        ("deb", "debian", "12", "Debian:12"),
        ("deb", "debian", "", "Debian"),
        ("deb", "ubuntu", "22.04", "Ubuntu:22.04:LTS"),
        ("deb", "ubuntu", "23.10", "Ubuntu:23.10"),
        ("deb", "ubuntu", "23.04", "Ubuntu:23.04"),
        ("apk", "alpine", "3.20.3", "Alpine:v3.20"),
        ("apk", "alpine", "3.21.0_alpha20240807", "Alpine:edge"),
        ("apk", "wolfi", "20230201", "Wolfi"),
        ("apk", "chainguard", "20230214", "Chainguard"),
        ("rpm", "almalinux", "9.4", "AlmaLinux:9"),
        ("rpm", "rocky", "9.4", "Rocky Linux:9"),
        ("rpm", "azurelinux", "3.0", "Azure Linux:3"),
        ("rpm", "mariner", "2.0.20240123", "Azure Linux:2"),
        ("rpm", "amzn", "2023", "Amazon Linux:2023"),
        ("rpm", "amzn", "2", "Amazon Linux:2"),
        ("rpm", "amzn", "2018.03", "Amazon Linux:1"),
        ("rpm", "opensuse-leap", "15.5", "openSUSE:Leap 15.5"),
        ("rpm", "opensuse-tumbleweed", "20240101", "openSUSE:Tumbleweed"),
        ("rpm", "sles", "15.5", "SUSE:Linux Enterprise Server 15 SP5"),
        ("rpm", "sles", "15", "SUSE:Linux Enterprise Server 15"),
        ("rpm", "sles_sap", "12.5", "SUSE:Linux Enterprise Server 12 SP5"),
        ("rpm", "sle-micro", "5.5", "SUSE:Linux Enterprise Micro 5.5"),
        ("rpm", "sl-micro", "6.0", "SUSE:Linux Micro 6.0"),
        ("rpm", "opensuse", "42.3", "openSUSE:Leap 42.3"),
        ("rpm", "rhel", "9.4", "Red Hat:enterprise_linux:9"),
        ("rpm", "fedora", "40", "Fedora:40"),
        ("rpm", "ol", "9.4", "Oracle Linux:9"),
        ("rpm", "centos", "7", "CentOS:7"),
        ("deb", "alpine", "3.20.3", ""),
        ("deb", "made-up", "1", ""),
        ("pypi", "debian", "12", "PyPI"),
        ("golang", "alpine", "3.20", "Go"),
        ("generic", "debian", "12", "Bitnami"),
        ("conda", "debian", "12", ""),
    ],
)
def test_ecosystem_of_names_it_as_osv_does(kind: str, id_: str, version: str, ecosystem: str) -> None:
    assert ecosystem_of(PackageType(kind), Distribution(id_, version)) == ecosystem
    assert not ecosystem or scheme_of(ecosystem)


@pytest.mark.parametrize(
    ("codename", "ecosystem"), [("trixie", "Debian:13"), ("forky", "Debian:14"), ("sid", "Debian"), ("", "Debian")]
)
def test_debian_testing_is_the_release_that_it_becomes(codename: str, ecosystem: str) -> None:
    assert ecosystem_of(PackageType.DEB, Distribution("debian", codename=codename)) == ecosystem


def test_ecosystem_of_system_packages_is_unknown_without_a_distribution() -> None:
    assert ecosystem_of(PackageType.DEB, None) == ""
    assert ecosystem_of(PackageType.NPM, None) == "npm"
