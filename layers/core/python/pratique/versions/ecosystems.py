"""Which scheme orders the versions of an OSV ecosystem.

https://ossf.github.io/osv-schema/#defined-ecosystems
"""

from __future__ import annotations

from types import MappingProxyType

_SCHEME_ECOSYSTEMS = {
    "deb": ("Debian", "Ubuntu", "Echo"),
    "apk": ("Alpine", "Wolfi", "Chainguard", "Alpaquita", "BellSoft Hardened Containers", "CleanStart", "MinimOS"),
    "rpm": (
        "Red Hat",
        "AlmaLinux",
        "Rocky Linux",
        "SUSE",
        "openSUSE",
        "Azure Linux",
        "Amazon Linux",
        "Oracle Linux",
        "CentOS",
        "Fedora",
        "Mageia",
        "openEuler",
        "Photon OS",
    ),
    "pep440": ("PyPI",),
    "npm": ("npm",),
    "maven": ("Maven",),
    "golang": ("Go",),
    "gem": ("RubyGems",),
    "nuget": ("NuGet",),
    "composer": ("Packagist",),
    "crates": ("crates.io",),
    "hex": ("Hex",),
    "pub": ("Pub",),
    "cran": ("CRAN", "Bioconductor"),
    "hackage": ("Hackage", "GHC"),
    "semver": ("SwiftURL", "Bitnami", "ConanCenter", "GitHub Actions", "Julia", "Kubernetes"),
}

SCHEME_OF_ECOSYSTEM = MappingProxyType(
    {ecosystem: scheme for scheme, ecosystems in _SCHEME_ECOSYSTEMS.items() for ecosystem in ecosystems}
)
"""Ecosystem without its release (``Debian``, not ``Debian:12``) to the name of its scheme."""


def scheme_of(ecosystem: str) -> str | None:
    """Return the scheme of ``ecosystem``, with or without a release after a colon; None where there is none."""
    return SCHEME_OF_ECOSYSTEM.get(ecosystem.partition(":")[0])
