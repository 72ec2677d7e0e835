"""The laws of a total order, for every scheme."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pratique.errors import InvalidVersion
from pratique.versions import SCHEMES, compare, in_range, is_valid, sort_key
from pratique.versions.scheme import MAX_LENGTH
from tests.property.version_strategies import SCHEME_NAMES, any_texts, placed_versions, version_texts

_EVERY_SCHEME = pytest.mark.parametrize("scheme", SCHEME_NAMES)
# Near misses are drawn on purpose and filtered out.
_EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def test_strategies_cover_every_scheme() -> None:
    assert set(SCHEME_NAMES) == set(SCHEMES)


@_EVERY_SCHEME
@_EXAMPLES
@given(data=st.data())
def test_order_is_reflexive(scheme: str, data: st.DataObject) -> None:
    """Every version equals itself."""
    version = data.draw(placed_versions(scheme))
    assert compare(scheme, version, version) == 0


@_EVERY_SCHEME
@_EXAMPLES
@given(data=st.data())
def test_order_is_antisymmetric(scheme: str, data: st.DataObject) -> None:
    """Swapping the versions turns the order round, and keys are equal exactly where the versions are."""
    left, right = data.draw(placed_versions(scheme)), data.draw(placed_versions(scheme))
    left_key, right_key = sort_key(scheme, left), sort_key(scheme, right)
    order = compare(scheme, left, right)
    assert order == -compare(scheme, right, left)
    assert (order == 0) == (left_key == right_key)
    assert (order < 0) == (left_key < right_key)


@_EVERY_SCHEME
@_EXAMPLES
@given(data=st.data())
def test_order_is_transitive(scheme: str, data: st.DataObject) -> None:
    """Where a ≤ b and b ≤ c, a ≤ c."""
    texts = [data.draw(placed_versions(scheme)) for _ in range(3)]
    for a, b, c in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        if compare(scheme, texts[a], texts[b]) <= 0 and compare(scheme, texts[b], texts[c]) <= 0:
            assert compare(scheme, texts[a], texts[c]) <= 0


@_EVERY_SCHEME
@_EXAMPLES
@given(data=st.data())
def test_valid_version_has_a_place(scheme: str, data: st.DataObject) -> None:
    """What is well formed can be compared."""
    version = data.draw(version_texts(scheme))
    if is_valid(scheme, version):
        sort_key(scheme, version)


@_EVERY_SCHEME
@_EXAMPLES
@given(text=any_texts(), range_text=any_texts())
def test_any_text_is_placed_or_refused(scheme: str, text: str, range_text: str) -> None:
    """No text raises anything but InvalidVersion, as a version or as a range."""
    is_valid(scheme, text)
    for version, wanted in ((text, "1.0.0"), ("1.0.0", text), ("1.0.0", range_text)):
        try:
            compare(scheme, version, "1.0.0")
            in_range(scheme, wanted, version)
        except InvalidVersion:
            continue


@_EVERY_SCHEME
@pytest.mark.parametrize("text", ["", "9" * (MAX_LENGTH + 1), "1." * MAX_LENGTH, "1-" * MAX_LENGTH, " "])
def test_empty_and_endless_texts_are_refused(scheme: str, text: str) -> None:
    with pytest.raises(InvalidVersion):
        sort_key(scheme, text)
    assert not is_valid(scheme, text)


@_EVERY_SCHEME
@pytest.mark.parametrize("piece", ["1", "1.", "1-", "a1", "-", "~", ".a", "0", "(", "1a", "dev-", "_1", "rc"])
def test_longest_text_is_placed_or_refused(scheme: str, piece: str) -> None:
    """The longest text that is read neither overflows a number nor a stack."""
    text = ("1.0.0-" + piece * MAX_LENGTH)[:MAX_LENGTH]
    for version in (text, text[6:] + "1.0.0-"):
        try:
            compare(scheme, version, version + "1" if len(version) < MAX_LENGTH else version)
            in_range(scheme, f">= {version}", version)
        except InvalidVersion:
            continue
