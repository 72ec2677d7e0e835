"""Names by parts, several words, one typing error and any case, against a slow oracle."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.services.query.names import NameSearch

NAMES = {
    "1": ("CVE-2024-0001", "Heap overflow in OpenSSL"),
    "2": ("CVE-2024-0002", "Use after free in libxml2"),
    "3": ("CVE-2023-0001", "OpenSSH forwarding"),
}

WORDS = ("heap", "libxml2", "openssl", "race", "overflow", "curl", "kernel", "path", "zlib", "leak", "proxy")


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
    assert list(search.matching("phabe")) == []
    assert list(search.matching("alphx")) == ["a"]


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


def naive(names: Mapping[str, tuple[str, ...]], wanted: str) -> set[str]:
    """What a search finds, one name and one word at a time."""
    parts = {key: " ".join(texts).casefold().split() for key, texts in names.items()}
    found = set(names)
    for word in wanted.casefold().split():
        exact = {key for key, texts in parts.items() if any(word in text for text in texts)}
        near = {key for key, texts in parts.items() if any(one_error_apart(word, text) for text in texts)}
        found &= exact or (near if len(word) >= 4 else set())
    return found


# Letters that stand together often, with a few that patterns treat in their own way.
TEXTS = st.lists(st.text("aAbBcİ.[1 -", min_size=1, max_size=14), min_size=1, max_size=3).map(tuple)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.text("xyz", min_size=1, max_size=3), TEXTS, max_size=8),
    st.lists(st.text("aBcİ.[1-", min_size=1, max_size=6), max_size=4).map(" ".join),
)
def test_search_agrees_with_the_oracle(names: dict[str, tuple[str, ...]], wanted: str) -> None:
    found = NameSearch(names).matching(wanted)
    assert len(found) == len(set(found))
    assert set(found) == naive(names, wanted)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=5, unique=True),
    st.text("abc", min_size=4, max_size=6),
)
def test_fuzzy_search_agrees_with_the_oracle(names: list[str], word: str) -> None:
    assert set(NameSearch({name: (name,) for name in names}).matching(word)) == naive(
        {name: (name,) for name in names}, word
    )


def test_common_and_rare_words_together_agree_with_the_oracle() -> None:
    """Enough names that words are looked for in every way that there is."""
    names = {
        str(number): (
            f"CVE-{2000 + number % 25}-{number * 7919 % 9973:04}",
            f"{WORDS[number % 7]} in {WORDS[number % 11]}",
        )
        for number in range(3000)
    }
    search = NameSearch(names)
    for wanted in (
        "c v e",
        "cve in",
        "cve 2021 heap",
        "e 20 in libxml",
        "cve-2o21-0",
        "heap 7",
        "in q",
        "hepa cve",
        "zzzz e",
    ):
        assert set(search.matching(wanted)) == naive(names, wanted), wanted
