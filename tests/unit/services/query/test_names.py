"""Names by parts, several words, one typing error and any case, against a slow oracle."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.services.query.names import NameSearch

NAMES = {
    "1": ("CVE-2024-0001", "Heap overflow in OpenSSL"),
    "2": ("CVE-2024-0002", "Use after free in libxml2"),
    "3": ("CVE-2023-0001", "OpenSSH forwarding"),
}


def found(wanted: str) -> str:
    return "".join(sorted(NameSearch(NAMES).matching(wanted)))


def test_every_word_has_to_be_a_part() -> None:
    assert found("") == "123"
    assert found("openss") == "13"
    assert found("  OPENSSL   heap ") == "1"
    assert found("2024 in") == "12"
    assert found("heap libxml2") == ""


def test_one_typing_error_is_forgiven() -> None:
    for wanted in ("overfow", "overfflow", "overflaw", "ovreflow", "overlfow", "voerflow", "overflwo", "verflow"):
        assert found(wanted) == "1", wanted
    assert found("opnessl heap") == "1"
    assert found("overxxow") == ""


def test_short_words_and_words_that_exist_are_taken_as_they_are() -> None:
    assert found("xyz") == ""
    assert found("openssh") == "3"


def test_a_name_does_not_reach_into_the_next() -> None:
    search = NameSearch({"a": ("alpha",), "b": ("beta",)})
    assert search.matching("phabe") == frozenset()
    assert search.matching("alphx") == {"a"}


def one_error_apart(word: str, text: str) -> bool:
    """Whether some part of ``text`` is at most one insertion, removal, exchange or swap away from ``word``."""
    letters = sorted({*text, "~"})
    nearby = {word}
    for index in range(len(word) + 1):
        nearby |= {word[:index] + letter + word[index:] for letter in letters}
        nearby.add(word[:index] + word[index + 1 :])
        nearby |= {word[:index] + letter + word[index + 1 :] for letter in letters if index < len(word)}
        if index + 1 < len(word):
            nearby.add(word[:index] + word[index + 1] + word[index] + word[index + 2 :])
    return any(candidate in text for candidate in nearby)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=5, unique=True),
    st.text("abc", min_size=4, max_size=6),
)
def test_fuzzy_search_agrees_with_the_oracle(names: list[str], word: str) -> None:
    exact = {name for name in names if word in name}
    expected = exact or {name for name in names if one_error_apart(word, name)}
    assert NameSearch({name: (name,) for name in names}).matching(word) == expected
