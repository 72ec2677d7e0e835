from __future__ import annotations

import pytest

from pratique.matching.candidates import data_for, look_ups, nearest_release
from pratique.model.package import PackageType
from tests.advisory_files import installed

_KNOWN = frozenset(
    {
        "Debian:10",
        "Debian:11",
        "Ubuntu:22.04:LTS",
        "Ubuntu:Pro:22.04:LTS",
        "Ubuntu:23.10",
        "Alpine:v3.9",
        "Alpine:v3.19",
        "PyPI",
        "Red Hat:enterprise_linux:9::baseos",
    }
)


def test_debian_packages_are_looked_up_by_source_and_its_version() -> None:
    package = installed(PackageType.DEB, "libssl1.1", "1.1.1k-1+b1", "Debian:11", source=("openssl", "1.1.1k-1"))
    (question,) = look_ups(package, ["Debian:11"])
    assert (question.key, question.version, question.by_source) == (("Debian:11", "openssl"), "1.1.1k-1", True)


def test_rpm_packages_are_looked_up_by_their_own_name() -> None:
    package = installed(
        PackageType.RPM, "openssl-libs", "1:3.0.7-1.el9", "AlmaLinux:9", source=("openssl", "3.0.7-1.el9")
    )
    (question,) = look_ups(package, ["AlmaLinux:9"])
    assert (question.name, question.version, question.by_source) == ("openssl-libs", "1:3.0.7-1.el9", False)


def test_azure_linux_advisories_name_source_packages() -> None:
    package = installed(PackageType.RPM, "curl-libs", "8.8.0-1.azl3", "Azure Linux:3", source=("curl", "8.8.0-1.azl3"))
    assert look_ups(package, ["Azure Linux:3"])[0].name == "curl"


def test_language_names_are_normalised() -> None:
    package = installed(PackageType.PYPI, "Zope.Interface", "5.0", "PyPI")
    assert look_ups(package, ["PyPI"])[0].name == "zope-interface"


@pytest.mark.parametrize(
    ("ecosystem", "expected"),
    [
        ("Debian:11", ("Debian:11",)),
        ("Debian:1", ()),
        ("Ubuntu:22.04", ("Ubuntu:22.04:LTS",)),
        ("Ubuntu:22.04:LTS", ("Ubuntu:22.04:LTS",)),
        ("Ubuntu:23.10", ("Ubuntu:23.10",)),
        ("Red Hat:enterprise_linux:9", ("Red Hat:enterprise_linux:9::baseos",)),
        ("", ()),
    ],
)
def test_data_is_found_under_the_names_that_sources_use(ecosystem: str, expected: tuple[str, ...]) -> None:
    assert data_for(ecosystem, _KNOWN) == expected


@pytest.mark.parametrize(
    ("ecosystem", "expected"),
    [("Debian:12", "Debian:11"), ("Alpine:v3.10", "Alpine:v3.9"), ("Alpine:v3.20", "Alpine:v3.19"), ("Wolfi", "")],
)
def test_nearest_release_counts_by_number(ecosystem: str, expected: str) -> None:
    assert nearest_release(ecosystem, _KNOWN) == expected
