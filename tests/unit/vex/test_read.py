"""Whatever a document is: it is read, or one error says why not."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.errors import InvalidValue
from pratique.vex.read import read_vex
from tests.unit.vex.csaf_documents import body, csaf, product

_DEEP = b'{"document": {"csaf_version": "2.0"}, "product_tree": ' + b'{"branches": [' * 100_000


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "truncated|empty|malformed"),
        (b"<bom/>", "malformed"),
        (b"[]", "Expected `object`"),
        (b"{}", "no VEX document"),
        (b'{"spdxVersion": "SPDX-2.3"}', "no VEX document"),
        (b'{"bomFormat": "CycloneDX"}', "no VEX"),
        (b"\xff\xfe", "malformed|utf-8"),
        (_DEEP, "nested|recursion"),
    ],
)
def test_what_is_no_vex_document_is_told_in_one_line(text: bytes, why: str) -> None:
    with pytest.raises(InvalidValue, match=f"(?i){why}") as told:
        read_vex(text)
    assert "\n" not in str(told.value)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
_WHERE = st.sampled_from(
    [("document",), ("document", "tracking"), ("product_tree",), ("product_tree", "branches"), ("vulnerabilities",)]
)


@given(where=_WHERE, value=_VALUES)
def test_any_value_anywhere_is_read_or_refused(where: tuple[str, ...], value: object) -> None:
    document = json.loads(body(csaf({"fixed": ["J"]}, products=[product("J", "pkg:pypi/jinja2@3.1.0")])))
    place = document
    for name in where[:-1]:
        place = place[name]
    place[where[-1]] = value
    with suppress(InvalidValue):
        assert read_vex(json.dumps(document).encode()).document.id
