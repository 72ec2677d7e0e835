"""os-release as systemd defines it."""

from __future__ import annotations

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.os_release import OS_RELEASE, parse_os_release
from pratique.model.distribution import Distribution

_DEBIAN = b"""PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
"""


def test_os_release_reads_debian() -> None:
    assert parse_os_release(_DEBIAN) == Distribution(
        id="debian", version="12", codename="bookworm", name="Debian GNU/Linux 12 (bookworm)"
    )


def test_os_release_reads_single_quotes_comments_escapes_and_id_like() -> None:
    body = b'# ID=no\n\nID=\'rocky\'\r\nID_LIKE="rhel centos  fedora"\nVERSION_ID=9.3 \nNAME="A \\"B\\""\nnonsense\n'
    assert parse_os_release(body) == Distribution(
        id="rocky", version="9.3", name='A "B"', id_like=("rhel", "centos", "fedora")
    )


def test_os_release_survives_a_broken_quote() -> None:
    assert parse_os_release(b'ID="alpine\nVERSION_ID=3.20') == Distribution(id="alpine", version="3.20")


def test_os_release_without_id_names_no_distribution() -> None:
    assert parse_os_release(b"NAME=Something\n") is None


def test_os_release_refuses_binary() -> None:
    with pytest.raises(ExtractorError):
        parse_os_release(b"ID=a\0b")


def test_os_release_is_wanted_in_both_places() -> None:
    assert OS_RELEASE.wants("etc/os-release")
    assert OS_RELEASE.wants("usr/lib/os-release")
    assert not OS_RELEASE.wants("srv/etc/os-release")
    assert OS_RELEASE.extract("etc/os-release", _DEBIAN).distribution is not None
