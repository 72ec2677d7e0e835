"""OSV's words for packaging worlds and their releases.

https://ossf.github.io/osv-schema/#defined-ecosystems
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pratique.model.distribution import Distribution
from pratique.model.package import PackageType

_LANGUAGES: Mapping[PackageType, str] = {
    PackageType.PYPI: "PyPI",
    PackageType.NPM: "npm",
    PackageType.MAVEN: "Maven",
    PackageType.GOLANG: "Go",
    PackageType.CARGO: "crates.io",
    PackageType.GEM: "RubyGems",
    PackageType.COMPOSER: "Packagist",
    PackageType.NUGET: "NuGet",
    PackageType.HEX: "Hex",
    # Programs that are recognised by what they say of themselves have no registry.  Bitnami's advisories are about
    # upstream's own releases of such programs, by upstream's versions.
    PackageType.GENERIC: "Bitnami",
}
_DEBIAN_RELEASES = {"bookworm": "12", "trixie": "13", "forky": "14"}


def ecosystem_of(kind: PackageType, distribution: Distribution | None) -> str:
    """Return the ecosystem of a package of type ``kind``, empty where there is none or it is not known.

    System packages belong to their distribution's release, language packages to their registry.
    """
    if not kind.is_system:
        return _LANGUAGES.get(kind, "")
    if distribution is None:
        return ""
    named = _DISTRIBUTIONS.get((kind, distribution.id))
    if named is not None:
        return named(distribution)
    # A derivative that says what it is like still has packages of its own: their versions are not the parent's.
    return ""


def _major(version: str) -> str:
    return version.partition(".")[0]


def _with_release(name: str, release: Callable[[str], str]) -> Callable[[Distribution], str]:
    def named(distribution: Distribution) -> str:
        version = release(distribution.version)
        return f"{name}:{version}" if version else name

    return named


def _always(name: str) -> Callable[[Distribution], str]:
    return lambda _: name


def _alpine(version: str) -> str:
    parts = version.split(".")
    # An edge image says the next release's version with an alpha suffix.
    if "_alpha" in version or len(parts) < 2:  # noqa: PLR2004 - major and minor
        return "edge" if version else ""
    return f"v{parts[0]}.{parts[1]}"


def _ubuntu(version: str) -> str:
    year, _, month = version.partition(".")
    # Long-term support releases come in April of even years.
    long_term = month == "04" and year.isdigit() and int(year) % 2 == 0
    return f"{version}:LTS" if long_term else version


def _amazon(version: str) -> str:
    # The first generation has the years and months of its releases: 2018.03.
    return "1" if "." in version and version.startswith("201") else _major(version)


def _debian(distribution: Distribution) -> str:
    """Return a release by its number; testing has none in os-release, only the name of the release that it becomes."""
    release = _major(distribution.version) or _DEBIAN_RELEASES.get(distribution.codename, "")
    return f"Debian:{release}" if release else "Debian"


def _suse(distribution: Distribution) -> str:
    major, _, service_pack = distribution.version.partition(".")
    pack = f" SP{service_pack}" if service_pack not in {"", "0"} else ""
    return f"SUSE:Linux Enterprise Server {major}{pack}" if major else "SUSE"


_DISTRIBUTIONS: Mapping[tuple[PackageType, str], Callable[[Distribution], str]] = {
    (PackageType.DEB, "debian"): _debian,
    (PackageType.DEB, "ubuntu"): _with_release("Ubuntu", _ubuntu),
    (PackageType.APK, "alpine"): _with_release("Alpine", _alpine),
    (PackageType.APK, "wolfi"): _always("Wolfi"),
    (PackageType.APK, "chainguard"): _always("Chainguard"),
    (PackageType.RPM, "almalinux"): _with_release("AlmaLinux", _major),
    (PackageType.RPM, "rocky"): _with_release("Rocky Linux", _major),
    (PackageType.RPM, "rhel"): _with_release("Red Hat:enterprise_linux", _major),
    (PackageType.RPM, "azurelinux"): _with_release("Azure Linux", _major),
    (PackageType.RPM, "mariner"): _with_release("Azure Linux", _major),
    (PackageType.RPM, "amzn"): _with_release("Amazon Linux", _amazon),
    (PackageType.RPM, "fedora"): _with_release("Fedora", _major),
    (PackageType.RPM, "centos"): _with_release("CentOS", _major),
    (PackageType.RPM, "ol"): _with_release("Oracle Linux", _major),
    (PackageType.RPM, "photon"): _with_release("Photon OS", str),
    (PackageType.RPM, "openeuler"): _with_release("openEuler", str),
    (PackageType.RPM, "mageia"): _with_release("Mageia", _major),
    (PackageType.RPM, "opensuse-leap"): lambda distribution: f"openSUSE:Leap {distribution.version}".rstrip(),
    (PackageType.RPM, "opensuse-tumbleweed"): _always("openSUSE:Tumbleweed"),
    (PackageType.RPM, "opensuse"): lambda distribution: f"openSUSE:Leap {distribution.version}".rstrip(),
    (PackageType.RPM, "sles"): _suse,
    (PackageType.RPM, "sles_sap"): _suse,
    (PackageType.RPM, "sled"): _suse,
    (PackageType.RPM, "sle-micro"): lambda distribution: f"SUSE:Linux Enterprise Micro {distribution.version}",
    (PackageType.RPM, "sl-micro"): lambda distribution: f"SUSE:Linux Micro {distribution.version}",
}
