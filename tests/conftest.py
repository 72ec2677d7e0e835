"""What every test shares."""

from __future__ import annotations


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name no parameter by its bytes, for all worker processes to agree: compressed ones hold the time, in size too."""
    return f"{argname}-bytes" if isinstance(val, bytes) else None
