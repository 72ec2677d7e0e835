"""Typed access to JSON and TOML documents whose shape nobody promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from pratique.archive.limits import current_limits
from pratique.errors import ExtractorError

Fields = TypeVar("Fields", bound=msgspec.Struct)

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def load_json(body: bytes) -> object:
    """Return the JSON document in ``body``; raises ExtractorError where it is none, or nests too deep."""
    try:
        document = msgspec.json.decode(body.removeprefix(_BYTE_ORDER_MARK))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ExtractorError(f"not JSON: {error}"[:200]) from error
    # A document is at most as deep as it has brackets; few have so many.
    if body.count(b"{") + body.count(b"[") > current_limits().document_depth:
        _check_depth(document)
    return document


def load_fields(body: bytes, decoder: msgspec.json.Decoder[Fields]) -> Fields:
    """Return those fields of the JSON object in ``body`` that ``decoder``'s type has; the others are passed over.

    Fields of type `object` take any value, which nobody may go down into.  Raises ExtractorError where ``body`` is no
    JSON object, or nests deeper than can be passed over.
    """
    try:
        return decoder.decode(body.removeprefix(_BYTE_ORDER_MARK))
    except msgspec.ValidationError as error:
        raise ExtractorError("not a JSON object") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ExtractorError(f"not JSON: {error}"[:200]) from error


def load_toml(body: bytes) -> Mapping[str, object]:
    """Return the TOML document in ``body``; raises ExtractorError where it is none, or nests too deep."""
    import tomllib  # noqa: PLC0415 - few images have any, and it takes a while to import

    try:
        document = tomllib.loads(body.removeprefix(_BYTE_ORDER_MARK).decode().replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        raise ExtractorError(f"not TOML: {error}"[:200]) from error
    _check_depth(document)
    return document


def _check_depth(document: object) -> None:
    most = current_limits().document_depth
    level = [document]
    for _ in range(most):
        level = [
            child
            for one in level
            if isinstance(one, dict | list)
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise ExtractorError(f"a document that nests more than {most} deep")


def as_mapping(value: object) -> Mapping[str, object]:
    """Return ``value`` where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> Sequence[object]:
    """Return ``value`` where it is a list, else an empty one."""
    return value if isinstance(value, list) else ()


def as_text(value: object) -> str:
    """Return ``value`` where it is a string, without outer white space, else ``""``."""
    return value.strip() if isinstance(value, str) else ""
