"""Which network addresses a registry may send us to.

A registry chooses where its redirects and its token server point, so a hostile one could make us speak to the
machine's metadata service or to hosts inside the network (server-side request forgery).  The check is made on
the address that the socket is connected to, before anything is sent, so that a name that resolves differently
a second time cannot get past it.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from enum import StrEnum

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from pratique.errors import RegistryError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: IPv4 inside IPv6


class AddressKind(StrEnum):
    """Who can be reached at an address."""

    GLOBAL = "global"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"


def kind_of(address: str) -> AddressKind:
    """Return the kind of an IP address; IPv4 addresses inside IPv6 ones count as what they are.

    Everything that is not globally reachable and neither loopback nor link-local counts as private.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return kind_of(str(inner))
    if found.is_loopback:
        return AddressKind.LOOPBACK
    if found.is_link_local:
        return AddressKind.LINK_LOCAL
    return AddressKind.GLOBAL if found.is_global and not found.is_multicast else AddressKind.PRIVATE


def is_loopback_host(host: str) -> bool:
    """Whether a host name or address in brackets can only mean this machine."""
    bare = host.strip("[]").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


class AddressPolicy:
    """Lets a registry send us to global addresses, and to the kinds of address that it is at itself."""

    def __init__(self, *, allow_private: bool = False) -> None:
        """``allow_private`` lifts the restriction, for networks whose storage has private addresses only."""
        self._allow_private = allow_private
        self._own: set[AddressKind] = set()

    def note_registry(self, address: str) -> None:
        """Record that the registry itself was reached at ``address``."""
        self._own.add(kind_of(address))

    def check_elsewhere(self, address: str) -> None:
        """Raise RegistryError unless the registry may send us to ``address``."""
        kind = kind_of(address)
        allowed = kind is AddressKind.GLOBAL or kind in self._own
        if not allowed and not (self._allow_private and kind is not AddressKind.LINK_LOCAL):
            raise RegistryError(f"the registry sends us to a {kind} address, which is not allowed")


def watched_pools(check: Callable[[str], None], *, timeout: urllib3.Timeout) -> urllib3.PoolManager:
    """Return connection pools that call ``check`` with the peer's address on every new connection.

    What ``check`` raises ends the connection before TLS or a request is begun.  Nothing is retried or redirected here.
    """

    def checked(sock: socket.socket) -> socket.socket:
        try:
            check(str(sock.getpeername()[0]))
        except BaseException:
            sock.close()
            raise
        return sock

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return checked(super()._new_conn())

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return checked(super()._new_conn())

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    pools = urllib3.PoolManager(timeout=timeout, retries=False, maxsize=8)
    pools.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return pools
