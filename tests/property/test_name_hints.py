"""Whatever name a rule asks for, the quick look at a place lets it through."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pratique.malware.name_hints import NameHints
from pratique.malware.name_tests import NameTest, variables_of

_PIECES = st.sampled_from(["etc/", "cron", "/", "a", "B", ".xls", "İ", "\0", "\udcff", "é", "?"])
_PLACES = st.lists(_PIECES, min_size=1, max_size=6).map("".join)
_TESTS = st.one_of(
    st.builds(
        NameTest,
        st.sampled_from(["filepath", "filename", "extension", "filetype", "owner"]),
        st.sampled_from(["contains", "startswith", "endswith", "=="]),
        st.one_of(_PLACES, st.sampled_from(["", "/a", "script"])),
        st.booleans(),
    ),
    st.builds(
        NameTest,
        st.sampled_from(["filepath", "filename"]),
        st.just("matches"),
        st.sampled_from([r"(^|\/)etc\/cron", "[Bb]a", "a.xls$", "^a", "(a|cron)B?", "é", "(?i)cron", "a{2}"]),
        st.booleans(),
    ),
)


@given(asked=st.lists(st.lists(_TESTS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=2), place=_PLACES)
def test_name_that_a_unit_asks_for_is_not_kept_from_it(asked: list[tuple[NameTest, ...]], place: str) -> None:
    hints = NameHints({7: tuple(asked)})
    variables = variables_of(place) | {"filetype": "script"}
    if hints.units and all(any(test.holds(variables) for test in tests) for tests in asked):
        assert hints.may_match(place)
