from __future__ import annotations

from pratique.matching.candidates import look_ups, source_epochs
from pratique.model.package import PackageType
from tests.advisory_files import installed


def test_debian_packages_are_looked_up_by_source_and_its_version() -> None:
    package = installed(PackageType.DEB, "libssl1.1", "1.1.1k-1+b1", "Debian:11", source=("openssl", "1.1.1k-1"))
    (question,) = look_ups(package, ["Debian:11"])
    assert (question.key, question.version, question.by_source) == (("Debian:11", "openssl"), "1.1.1k-1", True)


def test_rpm_packages_are_looked_up_by_their_own_name() -> None:
    package = installed(
        PackageType.RPM, "openssl-libs", "1:3.0.7-1.el9", "AlmaLinux:9", source=("openssl", "3.0.7-1.el9")
    )
    (question,) = look_ups(package, ["AlmaLinux:9"])
    assert (question.key[1], question.version, question.by_source) == ("openssl-libs", "1:3.0.7-1.el9", False)


def test_azure_linux_advisories_name_source_packages() -> None:
    package = installed(PackageType.RPM, "curl-libs", "8.8.0-1.azl3", "Azure Linux:3", source=("curl", "8.8.0-1.azl3"))
    assert look_ups(package, ["Azure Linux:3"])[0].key[1] == "curl"


def test_language_names_are_normalised() -> None:
    package = installed(PackageType.PYPI, "Zope.Interface", "5.0", "PyPI")
    assert look_ups(package, ["PyPI"])[0].key[1] == "zope-interface"


def test_old_java_is_looked_up_as_advisories_write_it() -> None:
    old = installed(PackageType.GENERIC, "java", "1.8.0_312", "Bitnami")
    new = installed(PackageType.GENERIC, "java", "17.0.1", "Bitnami")
    assert [look_ups(package, ["Bitnami"])[0].version for package in (old, new)] == ["8.0.312", "17.0.1"]


def test_rocky_and_suse_packages_are_looked_up_by_both_names() -> None:
    rocky = installed(PackageType.RPM, "python38-babel", "2.7.0-9", "Rocky Linux:8", source=("babel", "2.7.0-9"))
    assert [question.key[1] for question in look_ups(rocky, ["Rocky Linux:8"])] == ["python38-babel", "babel"]
    suse = installed(PackageType.RPM, "bash", "4.4-1", "SUSE:Linux Enterprise Server 15 SP5", source=("bash", "4.4-1"))
    assert [question.by_source for question in look_ups(suse, ["SUSE:Linux Enterprise Server 15 SP5"])] == [False]


def test_source_has_the_epoch_of_the_package_of_its_own_version() -> None:
    perl, module = (
        installed(PackageType.RPM, name, version, "Rocky Linux:8", source=("perl", source))
        for name, version, source in (
            ("perl-libs", "4:5.26.3-419.el8", "4:5.26.3-419.el8"),
            ("perl-IO", "1.38-419.el8", "5.26.3-419.el8"),
        )
    )
    versions = {
        question.key[1]: question.version
        for question in look_ups(module, ["Rocky Linux:8"], source_epochs([perl, module]))
    }
    assert versions == {"perl-IO": "1.38-419.el8", "perl": "4:5.26.3-419.el8"}


def test_build_of_a_python_release_is_that_release() -> None:
    package = installed(PackageType.PYPI, "torch", "2.5.1+cu121", "PyPI")
    assert [question.version for question in look_ups(package, ["PyPI"])] == ["2.5.1"]
