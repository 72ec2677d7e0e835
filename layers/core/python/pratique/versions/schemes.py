"""Every version scheme by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pratique.errors import InvalidValue
from pratique.versions import (
    apk,
    composer,
    cran,
    crates,
    deb,
    gem,
    golang,
    hackage,
    jvm,
    maven,
    npm,
    nuget,
    pep440,
    pub,
    rpm,
    semver,
)
from pratique.versions import hex as hex_scheme
from pratique.versions.scheme import Scheme

SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        "deb": deb,
        "rpm": rpm,
        "apk": apk,
        "pep440": pep440,
        "maven": maven,
        "npm": npm,
        "semver": semver,
        "gem": gem,
        "golang": golang,
        "nuget": nuget,
        "composer": composer,
        "crates": crates,
        "hex": hex_scheme,
        "pub": pub,
        "cran": cran,
        "hackage": hackage,
        "jvm": jvm,
    }
)
"""Scheme names, as `pratique.versions.compare` and its like take them."""


def scheme_named(name: str) -> Scheme:
    """Return the scheme of this name; raises InvalidValue for any other name."""
    scheme = SCHEMES.get(name)
    if scheme is None:
        raise InvalidValue(f"there is no version scheme named {name[:100]!r}")
    return scheme
