"""Rust's version order: strict Semantic Versioning without regard to build metadata.

https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html; the ranges are in `crates_range`.
"""

from __future__ import annotations

from pratique.versions.crates_range import meets
from pratique.versions.scheme import Key, has_key
from pratique.versions.semver import strict_key


def sort_key(version: str) -> Key:
    """Return ``(numbers, pre-release)``; raises InvalidVersion unless it is strict Semantic Versioning."""
    return strict_key("crates", version)


def is_valid(version: str) -> bool:
    """Return whether ``version`` is strict Semantic Versioning."""
    return has_key(sort_key, version)


def in_range(range_text: str, version: str) -> bool:
    """Return whether ``version`` meets a Cargo version requirement."""
    return meets(range_text, strict_key("crates", version))
