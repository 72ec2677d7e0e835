from __future__ import annotations

import pytest

from pratique.inventory.ecosystem import ecosystem_of
from pratique.matching.package_url import names_package
from pratique.model.digest import DiffId
from pratique.model.distribution import Distribution
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from pratique.reports.purl import purl_of
from tests.finding_builder import digest_of

_WHERE = (Location("var/lib/dpkg/status", DiffId(digest_of("layer"))),)
_DISTRIBUTIONS = [
    (PackageType.DEB, "debian", "12"),
    (PackageType.DEB, "ubuntu", "22.04"),
    (PackageType.APK, "alpine", "3.20.1"),
    (PackageType.APK, "wolfi", "20230201"),
    (PackageType.RPM, "rhel", "9.4"),
    (PackageType.RPM, "rocky", "9.4"),
    (PackageType.RPM, "almalinux", "8.10"),
    (PackageType.RPM, "amzn", "2023"),
    (PackageType.RPM, "azurelinux", "3.0"),
    (PackageType.RPM, "mariner", "2.0"),
    (PackageType.RPM, "ol", "9.4"),
    (PackageType.RPM, "sles", "15.5"),
    (PackageType.RPM, "opensuse-leap", "15.6"),
    (PackageType.RPM, "photon", "5.0"),
    (PackageType.RPM, "fedora", "40"),
]


def _installed(
    kind: PackageType, distribution: Distribution | None = None, version: str = "1:3.0.7-27"
) -> InstalledPackage:
    package = Package(kind, "libssl3", version, "amd64", "openssl", "3.0.7-27")
    return InstalledPackage(package, ecosystem_of(kind, distribution), _WHERE)


@pytest.mark.parametrize(("kind", "name", "version"), _DISTRIBUTIONS)
def test_the_url_that_reports_write_names_the_package(kind: PackageType, name: str, version: str) -> None:
    distribution = Distribution(name, version)
    installed = _installed(kind, distribution)
    assert names_package(purl_of(installed, distribution), installed)
    for other_kind, other, release in _DISTRIBUTIONS:
        elsewhere = _installed(other_kind, Distribution(other, release))
        same = (other, release) == (name, version)
        assert names_package(purl_of(installed, distribution), elsewhere) is same, other


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("pkg:deb/libssl3", True),
        ("pkg:deb/debian/libssl3", True),
        ("pkg:deb/ubuntu/libssl3", False),
        ("pkg:deb/debian/libssl3@1:3.0.7-27", True),
        ("pkg:deb/debian/libssl3@1%3A3.0.7-27", True),
        ("pkg:deb/debian/libssl3@3.0.7-27", False),
        ("pkg:deb/debian/libssl3?arch=amd64", True),
        ("pkg:deb/debian/libssl3?arch=arm64", False),
        ("pkg:deb/debian/libssl3?arch=all", True),
        ("pkg:deb/debian/libssl3?distro=debian-12", True),
        ("pkg:deb/debian/libssl3?distro=debian-12.5", True),
        ("pkg:deb/debian/libssl3?distro=bookworm", True),
        ("pkg:deb/debian/libssl3?distro=debian-11", False),
        ("pkg:deb/debian/openssl", False),
        ("pkg:deb/debian/openssl?arch=source", True),
        ("pkg:deb/debian/openssl@3.0.7-27?arch=source", True),
        ("pkg:deb/debian/openssl@3.0.8-1?arch=source", False),
        ("pkg:rpm/debian/libssl3", False),
        ("libssl3", False),
    ],
)
def test_what_a_url_says_has_to_fit(url: str, named: bool) -> None:
    assert names_package(url, _installed(PackageType.DEB, Distribution("debian", "12"))) is named


def test_the_epoch_of_an_rpm_stands_in_a_qualifier() -> None:
    installed = _installed(PackageType.RPM, Distribution("rhel", "9.4"))
    assert names_package("pkg:rpm/redhat/libssl3@3.0.7-27?epoch=1", installed)
    assert not names_package("pkg:rpm/redhat/libssl3@3.0.7-27", installed)
    assert not names_package("pkg:rpm/redhat/libssl3@3.0.7-27?epoch=2", installed)


@pytest.mark.parametrize("name", ["typing-extensions", "Typing_Extensions", "typing.extensions", "typing--extensions"])
def test_pypi_names_are_compared_as_pypi_does(name: str) -> None:
    installed = InstalledPackage(Package(PackageType.PYPI, "typing_extensions", "4.12.2"), "PyPI", _WHERE)
    assert names_package(f"pkg:pypi/{name}@4.12.2", installed)
    assert not names_package(f"pkg:pypi/{name}@4.12.1", installed)
    assert not names_package(f"pkg:pypi/{name}s", installed)


def test_a_package_of_an_unknown_distribution_is_none_of_a_known_one() -> None:
    assert not names_package("pkg:deb/debian/libssl3", _installed(PackageType.DEB))
