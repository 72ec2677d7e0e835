"""Whatever name a rule asks for, the quick look at a place lets it through."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from pratique.malware.gates import Gate, Search
from pratique.malware.name_hints import NameHints
from pratique.malware.name_tests import NameTest, variables_of
from pratique.malware.prefilter import Prefilter

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


_ASKED = st.lists(st.lists(_TESTS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=2)


@given(asked=_ASKED, places=st.lists(_PLACES, min_size=1, max_size=3))
def test_name_that_a_unit_asks_for_is_not_kept_from_it(asked: list[tuple[NameTest, ...]], places: list[str]) -> None:
    hints = NameHints({7: tuple(asked)})
    if any(_is_named(asked, place) for place in places):
        assert hints.named(hints.units, places) == hints.units


_GATES = st.lists(st.builds(Gate, clauses=st.just(()), names=_ASKED.map(tuple)), min_size=1, max_size=4)


@given(gates=_GATES, places=st.lists(_PLACES, min_size=1, max_size=4))
def test_files_together_meet_the_units_that_each_meets_alone(gates: list[Gate], places: list[str]) -> None:
    made = Prefilter(Search((), 0), gates)
    bodies = [b"body"] * len(places)
    units = made.at_places(made.by_content(bodies), places, bodies)
    for place, of_file in zip(places, units, strict=True):
        expected = [number for number, gate in enumerate(gates) if _is_named(gate.names, place)]
        assert made.by_name(of_file, variables_of(place) | {"filetype": "script"}) == expected


def _is_named(asked: Sequence[tuple[NameTest, ...]], place: str) -> bool:
    variables = variables_of(place) | {"filetype": "script"}
    return all(any(test.holds(variables) for test in tests) for tests in asked)
