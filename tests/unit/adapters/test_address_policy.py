"""Which addresses a registry may send us to."""

from __future__ import annotations

import pytest

from pratique.adapters.address_policy import AddressKind, AddressPolicy, is_loopback_host, kind_of
from pratique.errors import RegistryError


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("8.8.8.8", AddressKind.GLOBAL),
        ("2600:1f18::1", AddressKind.GLOBAL),
        ("127.0.0.1", AddressKind.LOOPBACK),
        ("127.9.9.9", AddressKind.LOOPBACK),
        ("::1", AddressKind.LOOPBACK),
        ("::ffff:127.0.0.1", AddressKind.LOOPBACK),
        ("169.254.169.254", AddressKind.LINK_LOCAL),
        ("::ffff:169.254.169.254", AddressKind.LINK_LOCAL),
        ("64:ff9b::a9fe:a9fe", AddressKind.LINK_LOCAL),
        ("2002:a9fe:a9fe::1", AddressKind.LINK_LOCAL),
        ("fe80::1%eth0", AddressKind.LINK_LOCAL),
        ("fd00:ec2::254", AddressKind.PRIVATE),
        ("10.0.0.1", AddressKind.PRIVATE),
        ("172.16.0.1", AddressKind.PRIVATE),
        ("192.168.0.1", AddressKind.PRIVATE),
        ("100.64.0.1", AddressKind.PRIVATE),
        ("0.0.0.0", AddressKind.PRIVATE),  # noqa: S104 - an address to judge
        ("224.0.0.1", AddressKind.PRIVATE),
        ("255.255.255.255", AddressKind.PRIVATE),
    ],
)
def test_kind_of_tells_who_can_be_reached(address: str, kind: AddressKind) -> None:
    assert kind_of(address) is kind


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00:ec2::254", "::ffff:10.0.0.1"])
def test_a_public_registry_may_not_send_us_inside(address: str) -> None:
    policy = AddressPolicy()
    policy.note_registry("8.8.8.8")

    with pytest.raises(RegistryError, match="not allowed"):
        policy.check_elsewhere(address)
    policy.check_elsewhere("1.1.1.1")


def test_a_registry_may_send_us_to_its_own_kind_of_address() -> None:
    policy = AddressPolicy()
    policy.note_registry("10.0.0.5")

    policy.check_elsewhere("192.168.1.1")
    policy.check_elsewhere("8.8.8.8")
    for other in ("127.0.0.1", "169.254.169.254"):
        with pytest.raises(RegistryError):
            policy.check_elsewhere(other)


def test_allow_private_never_opens_the_metadata_service() -> None:
    policy = AddressPolicy(allow_private=True)

    policy.check_elsewhere("10.0.0.1")
    with pytest.raises(RegistryError, match="link-local"):
        policy.check_elsewhere("169.254.169.254")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.1.2.3", "[::1]", "::1"])
def test_is_loopback_host_knows_the_names_of_this_machine(host: str) -> None:
    assert is_loopback_host(host)


@pytest.mark.parametrize("host", ["localhost.test", "127.0.0.1.test", "10.0.0.1", "[::2]", "0.0.0.0", ""])  # noqa: S104 - a name to judge
def test_is_loopback_host_is_not_taken_in(host: str) -> None:
    assert not is_loopback_host(host)
