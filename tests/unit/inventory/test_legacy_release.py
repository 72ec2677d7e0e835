"""Release files from before os-release."""

from __future__ import annotations

import pytest

from pratique.inventory.legacy_release import LEGACY_RELEASE, parse_debian_version, parse_redhat_release


@pytest.mark.parametrize(
    ("line", "identity", "version"),
    [
        (b"CentOS release 6.10 (Final)\n", "centos", "6.10"),
        (b"CentOS Linux release 7.9.2009 (Core)\n", "centos", "7.9.2009"),
        (b"Red Hat Enterprise Linux Server release 6.10 (Santiago)\n", "rhel", "6.10"),
        (b"Oracle Linux Server release 6.10\n", "ol", "6.10"),
        (b"Fedora release 20 (Heisenbug)\n", "fedora", "20"),
        (b"Amazon Linux AMI release 2018.03\n", "amzn", "2018.03"),
    ],
)
def test_redhat_release_names_distribution_and_version(line: bytes, identity: str, version: str) -> None:
    found = parse_redhat_release(line)
    assert found is not None
    assert (found.id, found.version) == (identity, version)


@pytest.mark.parametrize("line", [b"", b"My own thing release 3\n", b"\xff\xfe\x00"])
def test_redhat_release_of_something_else_is_none(line: bytes) -> None:
    assert parse_redhat_release(line) is None


def test_debian_version_counts_where_it_is_a_number() -> None:
    found = parse_debian_version(b"6.0.10\n")
    assert found is not None
    assert (found.id, found.version) == ("debian", "6")
    assert parse_debian_version(b"bookworm/sid\n") is None


def test_legacy_release_files_are_wanted_in_etc_only() -> None:
    assert LEGACY_RELEASE.wants("etc/redhat-release")
    assert not LEGACY_RELEASE.wants("usr/share/etc/redhat-release")
    assert LEGACY_RELEASE.extract("etc/debian_version", b"7.11\n").distribution is not None
