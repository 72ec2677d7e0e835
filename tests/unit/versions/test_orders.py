"""Each scheme's order on the examples by which its specification explains it."""

from __future__ import annotations

from itertools import combinations

import pytest

from pratique.errors import InvalidVersion
from pratique.versions import compare, is_valid

# From the lowest to the highest; "=" joins spellings of one version.
_CHAINS: dict[str, str] = {
    # deb-version(7): "~~, ~~a, ~, the empty part, a" and "1.0~beta1~svn1245 … 1.0~beta1 … 1.0"
    "deb": "1~~ 1~~a 1~ 1=1-0=0:1=01=1-00 1-1~bpo1 1-1 1-1+b1 1-1.1 1a 1+b 1.0 1:0~~ 1:0",
    # rpm-version(7): tilde before, caret after, letters before numbers, separators are alike
    "rpm": "1.0~rc1^git1 1.0=0:1.0=1_0=01.00 1.0-0 1.0-1 1.0a 1.0.1 1.1 1:0.1",
    # apk-package(5)
    "apk": "1_alpha 1_alpha1 1_beta 1_pre 1_rc 1 1-r1 1~ab 1_cvs 1_svn 1_git "
    "1_git2 1_hg 1_p 1_p1-r1 1a 1.0 1.01 1.1 1.10 02",
    # PEP 440: "Summary of permitted suffixes and relative ordering"
    "pep440": "1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 "
    "1.0b1.dev456 1.0b2 1.0b2.post345.dev456 "
    "1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0=1=1.0.0=v1.0 1.0+abc.5 "
    "1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456 1.0.15 "
    "1.1.dev1 1!0.1",
    # maven.apache.org/pom.html: "Version Order Specification"
    "maven": "1-alpha-1=1a1=1.0.alpha1 1-beta 1-milestone 1-rc=1-cr 1-snapshot "
    "1=1.0=1-ga=1.final=1.0.0-0 1-sp 1-foo=1foo "
    "1-1 1.1 1.1-1 1.2 1.10",
    # semver.org §11
    "npm": "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 "
    "1.0.0-beta.11 1.0.0-rc.1 1.0.0=v1.0.0+b 1.0.1",
    "crates": "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 "
    "1.0.0-beta.11 1.0.0-rc.1 1.0.0=1.0.0+b",
    "hex": "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-rc.1 1.0.0=1.0.0+b 2.0.0",
    "semver": "1.0.0-alpha 1.0.0-alpha.1 1.0.0-beta "
    "1.0.0-rc1=1.0.0rc1=1.0.0.rc1=1rc1 1=v1.0=1.0.0=1.0.0+meta 1.0.0.1 1.1",
    # Gem::Version: "1.0.b1 < 1.0", "any version with letters is a pre-release"
    "gem": "1.a.1=1.0.a1 1.0.a.2 1.0.b1=1.0.b.1 1.0.b10 1.0-1=1.pre.1 1.0=1=1.0.0 1.1.a 1.1",
    # go.dev/ref/mod and go.dev/doc/toolchain
    "golang": "v0.0.0-20180116102854-5a71ef0e047d v0.1.0 "
    "1.20rc1=go1.20rc1=v1.20.0-rc.1 go1.20=v1.20=1.20.0 go1.20.1 v2.0.0+incompatible",
    # NuGet: case does not count, a fourth number does
    "nuget": "1.0.0-alpha 1.0.0-Beta=1.0.0-beta+meta 1.0.0-beta.2 1.0.0-beta.10 1=1.0=1.0.0.0=01.0 1.0.0.1 1.0.1",
    # Composer: dev < alpha < beta < RC < stable < patch
    "composer": "dev-main 1.0-dev 1.0-alpha1=1.0a1 1.0-beta1 1.0-RC1=v1.0rc.1 "
    "1.0=1.0.0.0=v1 1.0-p1=1.0pl1 1.0.1 1.x-dev 2.0",
    # pub_semver: build metadata counts
    "pub": "1.0.0-rc.1 1.0.0 1.0.0+1 1.0.0+2 1.0.0+10 1.0.0+a 1.0.1",
    "cran": "0.9 0.75=0-75 1.0 1.0.0 1.0.1 1.1",
    "hackage": "0.11.3.0 1 1.0 1.0.0 1.1",
    "jvm": "1.6.0=6 1.8.0_13-ea 1.8.0_13=8u13=8.0.13+b2=1.8.0-update13-b01 "
    "1.8.0_131-b11 9-ea 9=1.9.0 11.0.4+11=11.0.4 17.0.1",
}

_REFUSED = {
    "deb": ("1 2", ":1", "A:1", "1-", "-1", "1.0-1:2", "2147483648:1", "1!2"),
    "rpm": ("1 2", "1\t2"),
    "apk": ("1 2",),
    "pep440": ("1.0-foo", "a", "1..0"),
    "maven": ("1 2",),
    "npm": ("1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-01", "latest"),
    "crates": ("1", "v1.0.0", "1.2.3-", "1.2.3-a..b"),
    "hex": ("1.0", "v1.0.0"),
    "semver": ("a", "1..0", "1.0.0-"),
    "gem": ("a", "1..2", "1.0\n2"),
    "golang": ("v1-pre", "v1.2+meta", "(devel)", "v01.0.0", "go", "1.2.3.4"),
    "nuget": ("1.0.0.0.0", "1.0-", "a"),
    "composer": ("a", "1.0-foo", "1.0.0.0.0", "foo-dev"),
    "pub": ("1.0.0-", "a"),
    "cran": ("1.a", "1..2", "-1"),
    "hackage": ("1.01", "1.0-a", "1."),
    "jvm": ("a", "1.8.0_", "_131"),
}


@pytest.mark.parametrize("scheme", sorted(_CHAINS))
def test_order_follows_the_specifications_examples(scheme: str) -> None:
    places = [spellings.split("=") for spellings in _CHAINS[scheme].split()]
    for spellings in places:
        for left, right in combinations(spellings, 2):
            assert compare(scheme, left, right) == 0, (left, right)
    for lower, higher in combinations(places, 2):
        assert compare(scheme, lower[0], higher[-1]) < 0, (lower[0], higher[-1])
        assert compare(scheme, higher[0], lower[-1]) > 0, (higher[0], lower[-1])


@pytest.mark.parametrize(
    ("scheme", "version"), [(scheme, text) for scheme, texts in _REFUSED.items() for text in texts]
)
def test_malformed_version_is_refused(scheme: str, version: str) -> None:
    assert not is_valid(scheme, version)
    with pytest.raises(InvalidVersion):
        compare(scheme, version, "1.0.0")


@pytest.mark.parametrize(("scheme", "version"), [("deb", "abc"), ("apk", "1.0bc"), ("apk", "1-ruff"), ("apk", ".1")])
def test_malformed_version_that_native_tools_order_has_a_place(scheme: str, version: str) -> None:
    assert not is_valid(scheme, version)
    assert compare(scheme, version, version) == 0
