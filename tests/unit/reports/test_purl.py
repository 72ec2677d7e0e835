from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from pratique.model.digest import DiffId
from pratique.model.distribution import Distribution
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from pratique.reports.purl import purl_of

DEBIAN = Distribution("debian", "12")


def installed(package: Package) -> InstalledPackage:
    return InstalledPackage(package, "", (Location("a", DiffId("sha256:" + "0" * 64)),))


@pytest.mark.parametrize(
    ("package", "distribution", "purl"),
    [
        (
            Package(PackageType.DEB, "libc6", "1:2.36-9+deb12u4", "amd64"),
            DEBIAN,
            "pkg:deb/debian/libc6@1:2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12",
        ),
        (
            Package(PackageType.APK, "musl", "1.2.5-r0"),
            Distribution("alpine", "3.20.1"),
            "pkg:apk/alpine/musl@1.2.5-r0?distro=alpine-3.20.1",
        ),
        (
            Package(PackageType.RPM, "dbus", "1:1.12.8-14.el8", "x86_64"),
            Distribution("rhel", "8.4"),
            "pkg:rpm/redhat/dbus@1.12.8-14.el8?arch=x86_64&distro=rhel-8.4&epoch=1",
        ),
        (Package(PackageType.DEB, "tzdata", "2024a-0"), None, "pkg:deb/tzdata@2024a-0"),
        (Package(PackageType.DEB, "tzdata", "\n "), None, "pkg:deb/tzdata"),
        (Package(PackageType.PYPI, "Jinja2_X", "3.1.6"), DEBIAN, "pkg:pypi/jinja2-x@3.1.6"),
        (Package(PackageType.NPM, "@types/node", "20.1.0"), DEBIAN, "pkg:npm/%40types/node@20.1.0"),
        (Package(PackageType.MAVEN, "org.slf4j:slf4j-api", "2.0.1"), None, "pkg:maven/org.slf4j/slf4j-api@2.0.1"),
        (
            Package(PackageType.GOLANG, "github.com/pkg/errors", "v0.9.1"),
            None,
            "pkg:golang/github.com/pkg/errors@v0.9.1",
        ),
        (Package(PackageType.COMPOSER, "monolog/monolog", "2.0.0"), None, "pkg:composer/monolog/monolog@2.0.0"),
        (Package(PackageType.GENERIC, "node", ""), None, "pkg:generic/node"),
        (Package(PackageType.GENERIC, "", "1"), None, ""),
    ],
)
def test_purl_of_names_package_as_its_type_prescribes(
    package: Package, distribution: Distribution | None, purl: str
) -> None:
    assert purl_of(installed(package), distribution) == purl


_LANGUAGE_TYPES = st.sampled_from([one for one in PackageType if not one.is_system])
_TEXTS = st.text("abzAZ09.-_+~ @/:", min_size=1, max_size=6).filter(str.strip)
_NAMES = _TEXTS.filter(lambda text: not {"/", ":"} & {*text})


@given(_LANGUAGE_TYPES, _NAMES, _TEXTS)
def test_purl_of_a_name_without_a_namespace_is_the_librarys(type_: PackageType, name: str, version: str) -> None:
    expected = PackageURL(type_.value, None, name, version).to_string()
    assert purl_of(installed(Package(type_, name, version)), None) == expected


@given(st.sampled_from([PackageType.DEB, PackageType.APK]), _NAMES, _TEXTS, _NAMES, _NAMES)
def test_purl_of_a_system_package_is_the_librarys(
    type_: PackageType, name: str, version: str, architecture: str, release: str
) -> None:
    expected = PackageURL(
        type_.value, "debian", name, version, {"arch": architecture, "distro": f"debian-{release}"}
    ).to_string()
    package = Package(type_, name, version, architecture)
    assert purl_of(installed(package), Distribution("debian", release)) == expected
