"""Packages with known answers, matched before a new advisory database replaces the last one."""

from __future__ import annotations

from collections.abc import Iterable

from pratique.matching.matcher import match
from pratique.model.digest import DiffId
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from pratique.ports.advisories import AdvisoryDatabase
from pratique.services.advisory_record import CanaryResult

_NOWHERE = Location("canary", DiffId(f"sha256:{'0' * 64}"))

# (type, ecosystem, name, version, a flaw that it has for certain); each is a fact of the starter set.
_KNOWN: tuple[tuple[PackageType, str, str, str, str], ...] = (
    (PackageType.DEB, "Debian:11", "openssl", "1.1.1n-0+deb11u3", "CVE-2023-0286"),
    (PackageType.DEB, "Debian:11", "zlib", "1:1.2.11.dfsg-2", "CVE-2022-37434"),
    (PackageType.DEB, "Debian:12", "glibc", "2.36-9+deb12u2", "CVE-2023-4911"),
    (PackageType.DEB, "Debian:12", "openssh", "1:9.2p1-2+deb12u2", "CVE-2024-6387"),
    (PackageType.DEB, "Ubuntu:22.04:LTS", "openssl", "3.0.2-0ubuntu1.6", "CVE-2022-3602"),
    (PackageType.APK, "Alpine:v3.17", "openssl", "3.0.7-r0", "CVE-2023-0286"),
    (PackageType.APK, "Alpine:v3.20", "curl", "8.3.0-r0", "CVE-2023-38545"),
    (PackageType.PYPI, "PyPI", "Django", "2.2.3", "CVE-2019-14234"),
    (PackageType.PYPI, "PyPI", "PyYAML", "5.3.1", "CVE-2020-14343"),
    (PackageType.NPM, "npm", "lodash", "4.17.11", "CVE-2019-10744"),
    (PackageType.NPM, "npm", "minimist", "1.2.5", "CVE-2021-44906"),
    (PackageType.MAVEN, "Maven", "org.apache.logging.log4j:log4j-core", "2.14.1", "CVE-2021-44228"),
    (PackageType.GOLANG, "Go", "golang.org/x/net", "0.16.0", "CVE-2023-39325"),
    (PackageType.GEM, "RubyGems", "rack", "2.2.3", "CVE-2022-30123"),
    (PackageType.COMPOSER, "Packagist", "facade/ignition", "2.5.1", "CVE-2021-3129"),
)
_EVERY = frozenset(f"{ecosystem} {name} {flaw}" for _, ecosystem, name, _, flaw in _KNOWN)


def watch_canary(database: AdvisoryDatabase, before: Iterable[str] = ()) -> CanaryResult:
    """Match the known packages with ``database`` and compare with the findings that were there ``before``.

    Findings that this program does not know any more are not missed.
    """
    found = known_findings(database)
    missed = _EVERY.intersection(before) - found
    return CanaryResult(tuple(sorted(found)), tuple(sorted(missed)))


def known_findings(database: AdvisoryDatabase) -> frozenset[str]:
    """Return the known findings that a database has, as ``<ecosystem> <name> <id>``."""
    packages = tuple(
        InstalledPackage(Package(kind, name, version, source_name=name, source_version=version), ecosystem, (_NOWHERE,))
        for kind, ecosystem, name, version, _ in _KNOWN
    )
    result = match(ImageInventory(None, packages), database)
    matched = {
        (one.installed.ecosystem, one.installed.package.name, finding.vulnerability.id)
        for finding in result.vulnerabilities
        for one in finding.packages
    }
    return _EVERY & {f"{ecosystem} {name} {flaw}" for ecosystem, name, flaw in matched}
