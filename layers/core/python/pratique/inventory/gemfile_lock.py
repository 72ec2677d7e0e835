"""Bundler's ``Gemfile.lock`` (or ``gems.locked``).

https://bundler.io/man/gemfile.5.html; the file has sections in capitals, with four spaces before each locked gem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

_GEM = re.compile(r"    (?P<name>[^\s(]+) \((?P<version>[^)\s]+)\)")
_REMOTE_SECTIONS = frozenset({"GEM", "GIT", "PLUGIN SOURCE"})


def parse_gemfile_lock(body: bytes) -> Iterator[Package]:
    """Yield the gems of remote sources; those of ``PATH`` are the project's own.

    A version's platform (``1.13.6-x86_64-linux``) is cut off: gem versions hold no dash.  Raises ExtractorError
    where no section begins.
    """
    section = ""
    sections = 0
    for line in body.decode("utf-8", "replace").splitlines():
        if line and not line[0].isspace():
            section = line.strip()
            sections += section.isupper()
        elif section in _REMOTE_SECTIONS and (match := _GEM.fullmatch(line.rstrip())):
            yield Package(PackageType.GEM, match["name"], match["version"].partition("-")[0])
    if not sections:
        raise ExtractorError("a Gemfile.lock has no section")


GEMFILE_LOCK = FormatExtractor(
    name="gemfile_lock",
    version=1,
    paths=PathPatterns(basenames=frozenset({"Gemfile.lock", "gems.locked"})),
    parse=lambda _path, body: Parsed.of(parse_gemfile_lock(body)),
)
