"""Each scheme's ranges on the examples of its documentation."""

from __future__ import annotations

import pytest

from pratique.errors import InvalidVersion
from pratique.versions import in_range
from pratique.versions.scheme import MAX_RANGE_LENGTH

# scheme, range, versions inside, versions outside
_RANGES = (
    ("deb", ">= 1.0, < 2 || = 3", "1.0 1.9-1 3", "2 1.0~rc1 3.1"),
    ("rpm", "< 1:2.0-3", "9 1:2.0 1:2.0-2", "1:2.0-3 2:0"),
    ("apk", "~1.2", "1.2 1.2.9-r1 1.2_p1", "1.20 1.3 1"),
    ("apk", ">~1.2", "1.2.1 1.3", "1.1.9"),
    ("pep440", "~=1.4.2, !=1.4.5", "1.4.2 1.4.9", "1.5 1.4.5 1.4.1"),
    ("pep440", ">=1", "2.0rc1", "1.0rc1"),
    ("maven", "[1.0,2.0),(3.0,]", "1.0 1.9 3.0.1", "2.0 3.0 0.9"),
    ("maven", "[1.5]", "1.5 1.5.0", "1.5.1"),
    ("npm", "^1.2.3 || ~0.4", "1.2.3 1.9.0 0.4.7", "2.0.0 1.3.0-beta 0.5.0"),
    ("npm", "1.2 - 2.3", "1.2.0 2.3.9", "2.4.0 1.1.9"),
    ("npm", "^0.0.3", "0.0.3", "0.0.4 0.0.3-rc.1"),
    ("npm", ">=1.2.3-beta.2", "1.2.3-beta.3 1.2.3 3.0.0", "1.2.4-beta.3 1.2.3-beta.1"),
    ("npm", "", "1.2.3", "1.2.3-rc.1"),
    ("npm", "^1.2.3-beta ||", "1.2.3 9.0.0", "1.2.3-beta"),  # "any" swallows the other sets, and their pre-releases
    ("npm", "> =1.2.3 < =1.3.0", "1.2.3 1.3.0", "1.2.2 1.3.1"),
    ("crates", "1.2", "1.2.0 1.9.9", "2.0.0 1.1.9 1.3.0-rc.1"),
    ("crates", "~1.2.3", "1.2.3 1.2.9", "1.3.0"),
    ("crates", "0.0.3", "0.0.3", "0.0.4"),
    ("crates", ">=1.2.0-rc.1, <2", "1.2.0-rc.2 1.5.0", "1.2.0-beta 1.3.0-rc.1 2.0.0"),
    ("crates", "*", "0.1.0", "0.1.0-rc.1"),
    ("hex", "~> 2.0.0", "2.0.0 2.0.9", "2.1.0 2.1.0-rc.1"),
    ("hex", "~> 2.1 and != 2.2.0 or == 4.0.0", "2.1.0 2.9.9 4.0.0", "3.0.0 2.2.0 3.0.0-dev"),
    ("gem", "~> 2.2", "2.2 2.9.a", "3.0 2.1"),
    ("gem", "~> 2.2.0, != 2.2.3", "2.2.0 2.2.9", "2.3.0 2.2.3"),
    ("composer", "^1.2.3", "1.2.3 1.9 1.2.3-RC1", "2.0.0 2.0.0-dev"),
    ("composer", "~1.2 || 3.*", "1.2 1.9 3.5", "2.0 2.0-beta 4.0"),
    ("composer", "1.0 - 2.0", "1.0 2.0.9", "2.1 2.1-dev"),
    ("composer", "1.0 - 2.0.0", "2.0.0", "2.0.1"),
    ("composer", ">=1.0@beta", "1.0-beta1", "1.0-alpha1"),
    ("composer", "!=1.0 dev-main", "dev-main", "1.1 dev-other"),
    ("semver", ">=1.2, <2.0", "1.2 v1.9.9 2.0.0-rc.1", "2.0.0 1.1"),
    ("golang", "<1.2.3", "v1.2.2 v1.2.3-rc.1", "v1.2.3"),
    ("nuget", "<=6.0.0", "6.0.0-rc.1 6.0.0.0", "6.0.0.1"),
    ("pub", ">=1.0.0 <2.0.0", "1.0.0+1", "2.0.0"),
    ("cran", ">= 1.0, < 1.0.1", "1.0 1.0.0", "1.0-1"),
    ("hackage", "> 1.0", "1.0.0 1.1", "1.0"),
    ("jvm", "< 8.0.131", "1.8.0_121", "1.8.0_131"),
)


@pytest.mark.parametrize(("scheme", "range_text", "inside", "outside"), _RANGES)
def test_range_holds_what_the_documentation_says(scheme: str, range_text: str, inside: str, outside: str) -> None:
    for version in inside.split():
        assert in_range(scheme, range_text, version), version
    for version in outside.split():
        assert not in_range(scheme, range_text, version), version


@pytest.mark.parametrize(
    ("scheme", "range_text"),
    [
        ("deb", ">> 1"),
        ("deb", "< 1!"),
        ("rpm", "<"),
        ("apk", "=> 1"),
        ("pep440", "1.0"),
        ("maven", "[1,2"),
        ("maven", "[1,2,3]"),
        ("maven", "(1.0)"),
        ("maven", "[1.0)"),
        ("npm", "^^1"),
        ("npm", "1.2.3 -"),
        ("crates", "1.2.3.4"),
        ("crates", "1, *"),
        ("crates", ""),
        ("hex", "~> 1"),
        ("hex", "1.0.0 or"),
        ("gem", ""),
        ("gem", "~> a"),
        ("gem", ">1<2"),
        ("composer", "~>1.0"),
        ("composer", ">"),
        ("semver", "< 1 <"),
        ("semver", ">= " + "1" * MAX_RANGE_LENGTH),
    ],
)
def test_malformed_range_is_refused(scheme: str, range_text: str) -> None:
    with pytest.raises(InvalidVersion):
        in_range(scheme, range_text, "1.0.0")


def test_what_is_no_version_satisfies_no_npm_range() -> None:
    assert not in_range("npm", "*", "not a version")
    with pytest.raises(InvalidVersion):
        in_range("npm", "^^1", "not a version")


@pytest.mark.parametrize("scheme", ["deb", "maven", "composer", "hex", "crates", "gem", "pep440"])
def test_malformed_version_is_refused_whatever_the_range(scheme: str) -> None:
    with pytest.raises(InvalidVersion):
        in_range(scheme, ">= 1.0.0", "no version!")
