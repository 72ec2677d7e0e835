"""Reads when distributions' releases stop getting security fixes, out of endoflife.date's list of all products.

https://endoflife.date/docs/api/v1/
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec
from msgspec import Struct

from pratique.errors import FeedError

# Its products by the ID that os-release gives them.  `eolFrom` is the end of what everybody gets: Debian's with its
# long-term support, Ubuntu's and Red Hat's without what is paid for.
_DISTRIBUTIONS = {
    "alpine-linux": "alpine",
    "alpine": "alpine",
    "debian": "debian",
    "ubuntu": "ubuntu",
    "rhel": "rhel",
    "rocky-linux": "rocky",
    "almalinux": "almalinux",
    "centos": "centos",
    "oracle-linux": "ol",
    "amazon-linux": "amzn",
    "azure-linux": "azurelinux",
    "cbl-mariner": "mariner",
    "fedora": "fedora",
    "opensuse": "opensuse-leap",
    "sles": "sles",
    "photon": "photon",
}


class _Release(msgspec.Struct):
    name: str
    ends: str | None = msgspec.field(name="eolFrom", default=None)


class _Product(msgspec.Struct):
    name: str
    releases: list[msgspec.Raw] = []


class _Catalogue(msgspec.Struct):
    result: list[msgspec.Raw]


class SupportEnd(Struct, frozen=True):
    """The last day (ISO date) of security fixes of a release, by os-release's ID and VERSION_ID."""

    distribution: str
    release: str
    ends: str


class RefusedRelease(Struct, frozen=True):
    """A release or product that cannot be read, and why."""

    name: str
    reason: str


def read_lifecycles(body: bytes) -> Iterator[SupportEnd | RefusedRelease]:
    """Yield the releases of known distributions that have an end.

    Raises FeedError where the document is not the list.
    """
    try:
        products = msgspec.json.decode(body, type=_Catalogue).result
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FeedError(f"not a list of products with their lifecycles: {error}") from error
    for place, raw in enumerate(products):
        try:
            product = msgspec.json.decode(raw, type=_Product)
        except msgspec.DecodeError as error:
            yield RefusedRelease(f"product {place}", str(error))
            continue
        if product.name in _DISTRIBUTIONS:
            yield from _releases(product)


def _releases(product: _Product) -> Iterator[SupportEnd | RefusedRelease]:
    for place, raw in enumerate(product.releases):
        try:
            release = msgspec.json.decode(raw, type=_Release)
            if release.ends is not None:
                ends = date.fromisoformat(release.ends).isoformat()
                yield SupportEnd(_DISTRIBUTIONS[product.name], release.name, ends)
        except (msgspec.DecodeError, ValueError) as error:
            yield RefusedRelease(f"{product.name} release {place}", str(error))
