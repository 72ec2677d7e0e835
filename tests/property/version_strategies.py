"""Texts that look like versions of each scheme: short runs of the pieces that its rules tell apart."""

from __future__ import annotations

from hypothesis import strategies as st

from pratique.errors import InvalidVersion
from pratique.versions import sort_key

_NUMBERS = ("0", "1", "2", "9", "10", "00", "01", "010", "123456789012345678901234567890")
_WORDS = ("a", "Z", "b", "rc", "alpha", "x-y", "0a", "0", "1", "10", "-", "20240101")

_PIECES: dict[str, tuple[str, ...]] = {
    "deb": (".", "+", "-", "~", "~~", ":", "_", "a", "B", "rc", "deb", "ubuntu", *_NUMBERS),
    "rpm": (".", "+", "-", "~", "^", ":", "_", "a", "B", "rc", "el7", "\u03b1", *_NUMBERS),
    "apk": (".", "a", "p", "B", "_alpha", "_pre", "_rc", "_git", "_p", "_x", "-r", "-r1", "~ab12", "-", *_NUMBERS),
    "pep440": (".1", "a1", "b2", "rc0", ".post1", ".dev0", "-1", "+local", "+1.a"),
    "maven": (".", "-", "a", "b", "m", "alpha", "RC", "snapshot", "ga", "final", "sp", "foo", "(", "\xe9", *_NUMBERS),
    "gem": (".", "-", "a", "B", "rc", "pre", *_NUMBERS),
    "composer": ("-dev", ".x-dev", "a", "beta", "-RC1", "pl2", "-stable", "@dev", ".1", ".0", "+b", "-2"),
    "cran": (".", "-", "-1", *_NUMBERS),
    "hackage": (".1", ".0", ".10"),
    "jvm": ("_1", "_0", "-ea", "u2", "-b1", "+2", "-update10", ".1", "-rc.1"),
}

_PREFIXES = {"semver": ("", "v"), "golang": ("", "v", "go"), "npm": ("", "v"), "pub": ("", "v")}
_STRICT = ("npm", "semver", "golang", "nuget", "crates", "hex", "pub")

_PLAIN_NUMBERS = ("hackage",)  # no leading zeros

SCHEME_NAMES = tuple(sorted({*_PIECES, *_STRICT}))


def _semantic(scheme: str) -> st.SearchStrategy[str]:
    number = st.sampled_from(("0", "1", "2", "9", "10", "123456789012345678901234567890"))
    words = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3).map(".".join)
    tail = st.one_of(
        st.just(""), words.map("-".__add__), words.map("+".__add__), st.builds("-{}+{}".format, words, words)
    )
    prefix = st.sampled_from(_PREFIXES.get(scheme, ("",)))
    core = st.lists(number, min_size=3, max_size=3).map(".".join)
    return st.builds("{}{}{}".format, prefix, core, tail)


def version_texts(scheme: str) -> st.SearchStrategy[str]:
    """Texts that are mostly versions of ``scheme``, with near misses among them."""
    if scheme in _STRICT:
        return _semantic(scheme)
    pieces = st.lists(st.sampled_from(_PIECES[scheme]), min_size=1, max_size=7).map("".join)
    numbers = [number for number in _NUMBERS if scheme not in _PLAIN_NUMBERS or number == str(int(number))]
    dotted = st.lists(st.sampled_from(numbers), min_size=1, max_size=4).map(".".join)
    end = st.sampled_from(_PIECES[scheme])
    return st.one_of(dotted, st.builds(str.__add__, dotted, end), st.builds(str.__add__, dotted, pieces))


def placed_versions(scheme: str) -> st.SearchStrategy[str]:
    """Texts that have a place in the order of ``scheme``."""

    def is_placed(text: str) -> bool:
        try:
            sort_key(scheme, text)
        except InvalidVersion:
            return False
        return True

    return version_texts(scheme).filter(is_placed)


def any_texts() -> st.SearchStrategy[str]:
    """Any text at all, and any text behind something that begins like a version."""
    odd = st.text("0123456789.-+~:_aZ\xb2\u0663\0\n", max_size=30)
    return st.one_of(st.text(), st.text(max_size=20).map("1.2-".__add__), odd)
