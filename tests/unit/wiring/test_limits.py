from __future__ import annotations

import json

import pytest
from msgspec import structs

from pratique.archive.limits import Limits
from pratique.errors import InvalidValue
from pratique.wiring.limits import limits_of


def test_limits_are_the_defaults_where_nothing_is_set() -> None:
    assert limits_of("") == limits_of("{}") == Limits()


@pytest.mark.parametrize("name", [field.name for field in structs.fields(Limits)])
def test_each_limit_can_be_set_alone(name: str) -> None:
    assert limits_of(json.dumps({name: 7})) == structs.replace(Limits(), **{name: 7})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON object"),
        ("[1]", "no JSON object"),
        ('{"entries": "many"}', "no JSON object"),
        ('{"entries": 1.5}', "no JSON object"),
        ('{"entry": 5}', "names 'entry'; there is layer_compressed_bytes, "),
        ('{"entries": 0}', "sets entries to 0"),
        ('{"file_bytes": -1}', "sets file_bytes to -1"),
    ],
)
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(InvalidValue, match="PRATIQUE_LIMITS") as raised:
        limits_of(text)
    assert words in str(raised.value)
