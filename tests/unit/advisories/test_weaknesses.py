from __future__ import annotations

import re
from pathlib import Path

import pytest

from pratique.advisories.weaknesses import _NAMES, Weakness, weakness_of

LIST = Path(__file__).resolve().parents[3] / ".pratique" / "schemas" / "weaknesses.js"
_ENTRY = re.compile(r"id: 'CWE-(\d+)',\s+name:\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"),")
PAGE = "https://cwe.mitre.org/data/definitions"


def test_common_weakness_is_named_and_linked() -> None:
    assert weakness_of("CWE-416") == Weakness("CWE-416", "Use After Free", f"{PAGE}/416.html")


def test_rare_weakness_says_its_id_and_where_it_is_told() -> None:
    assert weakness_of("CWE-1188") == Weakness("CWE-1188", "CWE-1188", f"{PAGE}/1188.html")


@pytest.mark.parametrize("text", ["NVD-CWE-noinfo", "CWE-", "CWE-0x1", "CWE-1/../2", ""])
def test_what_is_no_id_has_no_link(text: str) -> None:
    assert weakness_of(text) == Weakness(text, text, "")


@pytest.mark.skipif(
    not LIST.exists(), reason="MITRE's list is not there: run `python requirements/take_npm_files.py .pratique/schemas`"
)
def test_every_name_is_that_of_the_list() -> None:
    listed = {
        int(number): (one or other).replace("\\'", "'") for number, one, other in _ENTRY.findall(LIST.read_text())
    }
    assert len(listed) > 900
    assert {number: listed.get(number) for number in _NAMES} == _NAMES
