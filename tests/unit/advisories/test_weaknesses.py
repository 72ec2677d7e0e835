from __future__ import annotations

import pytest

from pratique.advisories.weaknesses import Weakness, weakness_of

PAGE = "https://cwe.mitre.org/data/definitions"


def test_common_weakness_is_named_and_linked() -> None:
    assert weakness_of("CWE-416") == Weakness("CWE-416", "Use After Free", f"{PAGE}/416.html")


def test_rare_weakness_says_its_id_and_where_it_is_told() -> None:
    assert weakness_of("CWE-1188") == Weakness("CWE-1188", "CWE-1188", f"{PAGE}/1188.html")


@pytest.mark.parametrize("text", ["NVD-CWE-noinfo", "CWE-", "CWE-0x1", "CWE-1/../2", ""])
def test_what_is_no_id_has_no_link(text: str) -> None:
    assert weakness_of(text) == Weakness(text, text, "")
