"""What every test shares."""

from __future__ import annotations


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a parameter of bytes by its size, for all worker processes to agree: compressed bytes hold the time."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None
