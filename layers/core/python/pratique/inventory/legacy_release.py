"""Release files from before os-release (2012): which old Red Hat kin or Debian an image is.

Both are single lines for people: ``CentOS release 6.10 (Final)`` in ``/etc/redhat-release`` and the like, ``6.0.10`` in
``/etc/debian_version``.  Newer images have them beside os-release, which says more and goes first.
"""

from __future__ import annotations

import re

from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.distribution import Distribution

_RELEASE = re.compile(
    r"(?P<name>[A-Za-z ]+?)(?: Linux)?(?: Server| AMI| AS| ES| WS)* release (?P<version>\d+(?:\.\d+)*)"
)
_IDS = {
    "red hat enterprise": "rhel",
    "centos": "centos",
    "oracle": "ol",
    "fedora": "fedora",
    "scientific": "scientific",
    "amazon": "amzn",
    "rocky": "rocky",
    "almalinux": "almalinux",
}
_DEBIAN_VERSION = re.compile(r"(?P<version>\d+)(?:\.\d+)*")


def parse_redhat_release(body: bytes) -> Distribution | None:
    """Return the distribution that the line names, None for one that is not known."""
    text = body.decode("utf-8", "replace").strip().split("\n")[0]
    match = _RELEASE.match(text)
    identity = _IDS.get(match["name"].lower()) if match else None
    return Distribution(id=identity, version=match["version"], name=text) if match and identity else None


def parse_debian_version(body: bytes) -> Distribution | None:
    """Return the Debian release of a number, None for the names that testing and derivatives have there."""
    match = _DEBIAN_VERSION.fullmatch(body.decode("utf-8", "replace").strip())
    return Distribution(id="debian", version=match["version"], name=f"Debian {match[0]}") if match else None


def _parse(path: str, body: bytes) -> Parsed:
    parse = parse_debian_version if path.endswith("debian_version") else parse_redhat_release
    return Parsed(distribution=parse(body))


LEGACY_RELEASE = FormatExtractor(
    name="legacy_release",
    version=1,
    paths=PathPatterns(
        basenames=frozenset({"redhat-release", "centos-release", "system-release", "debian_version"}),
        folders=frozenset({"etc"}),
    ),
    parse=_parse,
    max_bytes=1 << 20,
)
