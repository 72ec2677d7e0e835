"""Which distribution an image is of, worked out from its labels.

A scan reads that from os-release.  Here it is the tag where the image is a distribution's own, the release that its
package versions name (``+deb11u3``, ``.el8``, ``.amzn2``), or the release that shipped a base package in that version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from benchmarks.accuracy.labels import Label
from pratique.inventory.ecosystem import ecosystem_of
from pratique.model.distribution import Distribution
from pratique.model.package import PackageType

_REVISION = re.compile(r"^[0-9][^ ]*-[0-9][^ ]*$")
_IN_TAG = re.compile(r"(?:alpine|debian|ubuntu|linux|stream|rhel)[a-z]*-(\d+(?:\.\d+)?)")
_SUSE_NAME = re.compile(r"sles?(\d+)sp(\d+)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DEBIAN_UPDATE = re.compile(r"[+~]deb(\d+)u")
_NAMED_IN_RPM = (
    (re.compile(r"\.amzn(\d+)"), "amzn"),
    (re.compile(r"\.cm(\d+)"), "mariner"),
    (re.compile(r"\.azl(\d+)"), "azurelinux"),
    (re.compile(r"[.+](?:el|el_)(\d+)"), "rhel"),
)
_BY_OS = {
    "debian": "debian",
    "ubuntu": "ubuntu",
    "alpine": "alpine",
    "wolfi": "wolfi",
    "amazonlinux": "amzn",
    "rockylinux": "rocky",
    "centos": "centos",
    "rhel": "rhel",
    "oraclelinux": "ol",
    "mariner": "mariner",
    "sle15": "sles",
    "sles12": "sles",
}
# Base packages by the version that a release shipped them in: (package, beginning of the version, release).
_DEB_RELEASES = (
    ("libc6", "2.13-", "debian 7"), ("libc6", "2.19-18", "debian 8"), ("libc6", "2.24-11", "debian 9"),
    ("libc6", "2.28-10", "debian 10"), ("libc6", "2.31-13", "debian 11"), ("libc6", "2.36-9", "debian 12"),
    ("libtinfo6", "6.2+20201114-2", "debian 11"), ("libtinfo6", "6.1+20181013-2", "debian 10"),
    ("ncurses-base", "6.2+20201114-2", "debian 11"), ("ncurses-base", "6.1+20181013-2", "debian 10"),
    ("libc6", "2.15-0ubuntu10", "ubuntu 12.04"), ("libc6", "2.19-0ubuntu6", "ubuntu 14.04"),
    ("libc6", "2.23-0ubuntu", "ubuntu 16.04"), ("libc6", "2.27-3ubuntu", "ubuntu 18.04"),
    ("libc6", "2.31-0ubuntu", "ubuntu 20.04"), ("libc6", "2.35-0ubuntu", "ubuntu 22.04"),
    ("libc6", "2.39-0ubuntu", "ubuntu 24.04"), ("ncurses-base", "6.1-1ubuntu1", "ubuntu 18.04"),
    ("ncurses-base", "6.2-0ubuntu2", "ubuntu 20.04"), ("ncurses-base", "6.3-2", "ubuntu 22.04"),
    ("perl-base", "5.22.1-9", "ubuntu 16.04"), ("perl-base", "5.26.1-6", "ubuntu 18.04"),
    ("perl-base", "5.30.0-9", "ubuntu 20.04"), ("perl-base", "5.34.0-3", "ubuntu 22.04"),
)  # fmt: skip
_APK_RELEASES = (
    ("busybox", "1.24.2-", "3.4"), ("busybox", "1.25.1-", "3.5"), ("busybox", "1.26.2-", "3.6"),
    ("busybox", "1.27.2-", "3.7"), ("busybox", "1.28.4-", "3.8"), ("busybox", "1.29.3-", "3.9"),
    ("busybox", "1.30.1-", "3.10"), ("busybox", "1.31.1-r9", "3.11"), ("busybox", "1.31.1-r10", "3.11"),
    ("busybox", "1.31.1-r11", "3.11"), ("busybox", "1.31.1-r1", "3.12"), ("busybox", "1.31.1-r2", "3.12"),
    ("busybox", "1.32.1-", "3.13"), ("busybox", "1.33.1-", "3.14"), ("busybox", "1.34.1-", "3.15"),
    ("busybox", "1.35.0-r17", "3.16"), ("busybox", "1.35.0-r29", "3.17"), ("busybox", "1.36.1-r5", "3.18"),
    ("busybox", "1.36.1-r15", "3.19"), ("busybox", "1.36.1-r29", "3.20"), ("busybox", "1.37.0-r12", "3.21"),
    ("musl", "1.1.24-r10", "3.12"), ("musl", "1.2.2-r1", "3.13"), ("musl", "1.2.2-r7", "3.15"),
    ("musl", "1.2.3-r4", "3.17"), ("musl", "1.2.4-r", "3.18"),
    ("libssl1.1", "1.1.1q-r0", "3.16"), ("libssl1.1", "1.1.1k-r0", "3.14"),
)  # fmt: skip
_WOLFI_IMAGES = ("wolfi", "chainguard")


def system_type(label: Label, image: Sequence[Label]) -> PackageType | None:
    """Return the type of a label's system package; None for a language package or one that cannot be told.

    A label without a type is a system package where its version has a revision as the image's system packages have.
    """
    if label.type in ("deb", "apk", "rpm"):
        return PackageType(label.type)
    if label.type or not _REVISION.match(label.version):
        return None
    types = {PackageType(other.type) for other in image if other.type in ("deb", "apk", "rpm")}
    if not types and _release_in_rpm([label]):
        return PackageType.RPM
    return types.pop() if len(types) == 1 else None


def ecosystem_of_image(kind: PackageType, image: Sequence[Label]) -> str:
    """Return the ecosystem of an image's system packages, empty where its release cannot be told."""
    distribution = _distribution(kind, image)
    return ecosystem_of(kind, distribution) if distribution else ""


def _distribution(kind: PackageType, image: Sequence[Label]) -> Distribution | None:
    first = image[0]
    identifier = _BY_OS.get(first.os, "")
    if kind is PackageType.RPM:
        if identifier == "sles":
            return _suse(first)
        return _stated(identifier, first) or _release_in_rpm(image)
    if kind is PackageType.APK:
        if identifier == "wolfi" or any(word in first.image for word in _WOLFI_IMAGES):
            return Distribution("wolfi")
        return _stated(identifier, first) or _shipped(image, _APK_RELEASES, "alpine")
    return _stated(identifier, first) or _updated(image) or _shipped(image, _DEB_RELEASES, "")


def _suse(label: Label) -> Distribution:
    """Return the release that a SUSE image is named by: ``sles12sp4``, ``sle15`` with the tag ``15.1.…``."""
    found = _SUSE_NAME.search(label.image)
    if found:
        return Distribution("sles", f"{found[1]}.{found[2]}")
    return Distribution("sles", ".".join(label.tag.split(".")[:2]))


def _stated(identifier: str, label: Label) -> Distribution | None:
    found = _IN_TAG.search(label.tag) or _NUMBER.match(label.tag)
    if not identifier or found is None:
        return None
    return Distribution(identifier, found[found.lastindex or 0])


def _updated(image: Iterable[Label]) -> Distribution | None:
    """Return the Debian release that the versions of security updates name; most of them, since some are older."""
    if any("ubuntu" in label.version for label in image):
        return None
    named = [found[1] for label in image if (found := _DEBIAN_UPDATE.search(label.version))]
    return Distribution("debian", max(named, key=named.count)) if named else None


def _release_in_rpm(image: Iterable[Label]) -> Distribution | None:
    for label in image:
        for pattern, identifier in _NAMED_IN_RPM:
            if found := pattern.search(label.version):
                return Distribution(identifier, found[1])
    return None


def _shipped(image: Iterable[Label], releases: Iterable[tuple[str, str, str]], identifier: str) -> Distribution | None:
    versions = {(label.name, label.version) for label in image}
    for name, beginning, release in releases:
        if any(held == name and version.startswith(beginning) for held, version in versions):
            named, _, number = release.rpartition(" ")
            return Distribution(named or identifier, number)
    return None
