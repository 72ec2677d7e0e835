"""Whatever fires, the search lets it through: needles of strings and conditions against YARA itself."""

from __future__ import annotations

import string as letters
from collections.abc import Callable

import yara
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.malware.gates import Gate, Search, gates_of
from pratique.malware.needed_literals import needed_literals
from pratique.malware.prefilter import Prefilter
from pratique.malware.requirements import ANYTHING
from pratique.malware.rule_text import split_source

_WORDS = st.text("abcXY01", min_size=1, max_size=4)
_ATOMS = st.one_of(
    _WORDS,
    st.sampled_from([r"\s", r"\w", ".", r"\x41", r"\.", "[ab]", "[^a]", "[a-c]", r"[\w.]", r"\b", "^"]),
)
_REGEXES = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "*?", "{2,}"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)
_HEX = st.lists(
    st.sampled_from(["61", "62 63", "??", "4?", "?1", "[1-2]", "(61 | 62 63)", "(41 | ??)", "58 59 30", "~61"]),
    min_size=1,
    max_size=6,
).map(lambda parts: "{ 61 " + " ".join(parts) + " 62 }")
_TEXTS = st.tuples(
    _WORDS.map(lambda word: word + "abc"),
    st.sampled_from(
        ["", "nocase", "wide", "ascii wide", "wide nocase", "fullword", "xor", "base64", "base64wide", "xor wide"]
    ),
).map(lambda pair: f'"{pair[0]}" {pair[1]}')
_WIDTHS = st.sampled_from(["/", "/i", "/ ascii wide", "/i ascii wide", "/ ascii wide nocase", "/ wide"])
_STRINGS = st.one_of(st.tuples(_REGEXES, _WIDTHS).map(lambda pair: f"/{pair[0]}{pair[1]}"), _HEX, _TEXTS)
_TERMS = st.sampled_from(
    [
        "$a", "$b", "$c", "all of them", "any of them", "2 of them", "1 of ($a, $b)", "2 of ($*)", "#a > 1", "#b >= 1",
        "#a >= 0", "@a < 3", "not $a", "$a at 0", "$b in (0..9)", "$b in (1..4)", "$c in (filesize-6..filesize)",
        "$a in (filesize-0..filesize)", "filesize < 40", "none of them", "50% of them",
        "for any of them : ($ at 0)", "true", "false", "for all i in (1..#a) : (@a[i] < 90)",
    ]
)  # fmt: skip
_CONDITIONS = st.recursive(
    _TERMS,
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
    max_leaves=5,
)
_BODIES = st.lists(
    st.one_of(
        st.text("abcXY01. A", max_size=8).map(str.encode),
        st.text("abcABC", max_size=4).map(lambda text: (text + "abc").encode("utf-16-le")),
        st.sampled_from([b"\x41", b"\n", b"YWJj", bytes(byte ^ 7 for byte in b"aabc")]),
    ),
    max_size=6,
).map(b"".join)


def _holds(search: Search, gates: tuple[Gate, ...]) -> Callable[[bytes], bool]:
    prefilter = Prefilter(search, gates)
    return lambda body: prefilter.by_content([body]) == [(0,)]


def _fires(rules: yara.Rules, body: bytes) -> bool:
    try:
        return bool(rules.match(data=body, timeout=20))
    except yara.Error:  # an expression that YARA itself gives up on, or never ends with
        return False


@given(
    strings=st.tuples(_STRINGS, _STRINGS, _STRINGS),
    condition=_CONDITIONS,
    bodies=st.lists(_BODIES, min_size=8, max_size=8),
)
@settings(max_examples=300, deadline=None)
def test_what_a_rule_needs_is_found_in_every_file_that_it_fires_on(
    strings: tuple[str, str, str], condition: str, bodies: list[bytes]
) -> None:
    defined = " ".join(f"${name} = {text}" for name, text in zip(letters.ascii_lowercase, strings, strict=False))
    text = f"rule r {{ strings: {defined} condition: any of them or true and ({condition}) }}"
    sole = f"rule r {{ strings: {defined} condition: ({condition}) and #a + #b + #c >= 0 }}"
    for source in (text, sole):
        try:
            rules = yara.compile(source=source)
        except yara.Error:
            continue
        _, (rule,) = split_source(source)
        may_fire = _holds(*gates_of([(needed_literals(rule, {}), ANYTHING)]))
        for body in bodies:
            if _fires(rules, body):
                assert may_fire(body)
