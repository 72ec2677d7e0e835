from __future__ import annotations

from pathlib import Path

from pratique.advisories.sources import SOURCES

_DOCUMENT = Path(__file__).parents[3] / "docs" / "advisories.md"
# The ecosystems that the design names, by the base of OSV's words.
_NAMED = {
    "Debian", "Ubuntu", "Alpine", "Wolfi", "Chainguard", "Red Hat", "AlmaLinux", "Rocky Linux", "SUSE", "openSUSE",
    "Azure Linux", "Amazon Linux", "PyPI", "npm", "Maven", "Go", "RubyGems", "NuGet", "Packagist", "crates.io", "Hex",
    "Pub", "SwiftURL",
}  # fmt: skip


def test_every_ecosystem_of_the_design_has_a_source() -> None:
    assert {ecosystem for source in SOURCES for ecosystem in source.ecosystems} >= _NAMED


def test_document_names_every_source_and_no_other() -> None:
    table = _DOCUMENT.read_text().partition("| source | what | licence |")[2].partition("\n\n")[0]
    named = {name for line in table.splitlines()[2:] for name in line.split("|")[1].split("`")[1::2]}
    assert named == {source.name for source in SOURCES}


def test_every_licence_is_told() -> None:
    assert all(source.licence.strip() for source in SOURCES)
