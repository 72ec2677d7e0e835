"""npm's ``package.json``, wherever a package was unpacked.

https://docs.npmjs.com/cli/v10/configuring-npm/package-json
"""

from __future__ import annotations

import re

import msgspec

from pratique.inventory.documents import as_list, as_mapping, as_text, load_fields
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

# node_modules/name and node_modules/@scope/name
_INSTALLED = re.compile(r"(?:.*/)?node_modules/(?:@[^/]+/)?[^/]+/package\.json")


class _Document(msgspec.Struct):
    """What is read of a document; nothing says that a value has the type that it should have."""

    name: object = None
    version: object = None
    private: object = None
    license: object = None
    licenses: object = None


_DECODER = msgspec.json.Decoder(_Document)


def parse_package_json(body: bytes, path: str = "") -> Package | None:
    """Return the package that ``body`` describes; None where nothing was installed.

    A ``package.json`` without name or version only marks a folder (``{"type": "module"}``) or code bundled into
    another package.  A private one that does not lie at ``path`` as an installed package does is an application's
    own, or an example or fixture inside a package.  Raises ExtractorError where ``body`` is not a JSON object.
    """
    document = load_fields(body, _DECODER)
    name, version = as_text(document.name), as_text(document.version)
    if not name or not version or len(f"{name} {version}".split()) != 2:  # noqa: PLR2004 - no white space in either
        return None
    if document.private is True and not _INSTALLED.fullmatch(path):
        return None
    return Package(PackageType.NPM, name, version, licenses=_licenses(document.license or document.licenses))


def _licenses(value: object) -> tuple[str, ...]:
    texts = (as_text(one) or as_text(as_mapping(one).get("type")) for one in (as_list(value) or [value]))
    return tuple(text for text in texts if text)


def _parse(path: str, body: bytes) -> Parsed:
    package = parse_package_json(body, path)
    return Parsed.of([package] if package else [])


NPM_PACKAGE = FormatExtractor(
    name="npm_package",
    version=2,
    paths=PathPatterns(basenames=frozenset({"package.json"})),
    parse=_parse,
    max_bytes=16 << 20,
)
