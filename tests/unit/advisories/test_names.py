from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.advisories.names import base_of, normalised_name


def test_programs_have_the_names_that_their_advisories_use() -> None:
    assert normalised_name("Bitnami", "httpd") == "apache"
    assert normalised_name("Bitnami", "node") == "node"


@pytest.mark.parametrize(
    ("ecosystem", "name", "expected"),
    [
        ("PyPI", "Zope.Interface__x", "zope-interface-x"),
        ("Packagist", "Symfony/HTTP-Kernel", "symfony/http-kernel"),
        ("NuGet", "Newtonsoft.Json", "newtonsoft.json"),
        ("npm", "JSONStream", "JSONStream"),
        ("Go", "github.com/Masterminds/sprig", "github.com/Masterminds/sprig"),
        ("Maven", "org.A:b", "org.A:b"),
        ("Debian:12", "libX11", "libX11"),
    ],
)
def test_names_are_normalised_as_the_ecosystem_compares_them(ecosystem: str, name: str, expected: str) -> None:
    assert normalised_name(ecosystem, name) == expected


@given(st.text(alphabet="aZ0-_.\u0130\u00df"))
def test_python_names_are_folded_as_pep_503_says(name: str) -> None:
    """``re.sub(r"[-_.]+", "-", name).lower()``, by https://peps.python.org/pep-0503/#normalized-names."""
    assert normalised_name("PyPI", name) == re.sub(r"[-_.]+", "-", name).lower()


def test_base_is_the_ecosystem_without_its_release() -> None:
    assert base_of("Ubuntu:22.04:LTS") == "Ubuntu"
    assert base_of("PyPI") == "PyPI"
