"""The limits of a layer, as the environment sets them."""

from __future__ import annotations

import msgspec
from msgspec import structs

from pratique.archive.limits import Limits
from pratique.errors import InvalidValue

_NAMES = Limits.__struct_fields__


def limits_of(text: str) -> Limits:
    """Return the default limits with those that ``text`` names replaced: a JSON object of names and whole numbers.

    Empty text replaces none.  Raises InvalidValue saying which name or number is wrong.
    """
    try:
        given = msgspec.json.decode(text or "{}", type=dict[str, int])
    except msgspec.DecodeError as error:
        raise InvalidValue(f"PRATIQUE_LIMITS is no JSON object of names and whole numbers: {error}") from error
    for name, value in given.items():
        if name not in _NAMES:
            raise InvalidValue(f"PRATIQUE_LIMITS names {name[:60]!r}; there is {', '.join(_NAMES)}")
        if value < 1:
            raise InvalidValue(f"PRATIQUE_LIMITS sets {name} to {value}; it must be 1 or more")
    return structs.replace(Limits(), **given)
