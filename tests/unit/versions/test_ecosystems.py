"""Ecosystems and their schemes."""

from __future__ import annotations

import pytest

from pratique.versions import SCHEMES, scheme_of
from pratique.versions.ecosystems import SCHEME_OF_ECOSYSTEM


@pytest.mark.parametrize(
    ("ecosystem", "scheme"),
    [
        ("Debian:12", "deb"),
        ("Ubuntu:22.04:LTS", "deb"),
        ("Ubuntu:Pro:18.04:LTS", "deb"),
        ("Alpine:v3.20", "apk"),
        ("Wolfi", "apk"),
        ("Chainguard", "apk"),
        ("Red Hat:enterprise_linux:9::baseos", "rpm"),
        ("AlmaLinux:9", "rpm"),
        ("SUSE:Linux Enterprise Server 15 SP5", "rpm"),
        ("Amazon Linux:2023", "rpm"),
        ("PyPI", "pep440"),
        ("npm", "npm"),
        ("Maven:https://repo.example.test/", "maven"),
        ("Go", "golang"),
        ("RubyGems", "gem"),
        ("NuGet", "nuget"),
        ("Packagist", "composer"),
        ("crates.io", "crates"),
        ("Hex", "hex"),
        ("Pub", "pub"),
        ("CRAN", "cran"),
        ("Hackage", "hackage"),
        ("SwiftURL", "semver"),
        ("Bitnami", "semver"),
    ],
)
def test_scheme_of_knows_ecosystem_with_and_without_release(ecosystem: str, scheme: str) -> None:
    assert scheme_of(ecosystem) == scheme


@pytest.mark.parametrize("ecosystem", ["", "GIT", "Linux", "pypi", "Android", ":12"])
def test_scheme_of_is_none_where_there_is_no_order(ecosystem: str) -> None:
    assert scheme_of(ecosystem) is None


def test_every_scheme_of_an_ecosystem_exists() -> None:
    assert set(SCHEME_OF_ECOSYSTEM.values()) <= set(SCHEMES)
