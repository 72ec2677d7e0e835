"""A release of Ubuntu, and the same release for subscribers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pratique.matching.matcher import match
from pratique.model.advisory import FixState
from pratique.model.inventory import ImageInventory
from pratique.model.package import PackageType
from tests.advisory_files import database_of, fixed_in, installed

_UNFIXED = [{"introduced": "0"}]


def _record(**events: Sequence[dict[str, str]]) -> dict[str, Any]:
    ecosystems = {"plain": "Ubuntu:18.04:LTS", "pro": "Ubuntu:Pro:18.04:LTS"}
    affected = [
        {
            "package": {"ecosystem": ecosystems[name], "name": "p"},
            "ranges": [{"type": "ECOSYSTEM", "events": list(held)}],
        }
        for name, held in events.items()
    ]
    return {"id": "UBUNTU-CVE-1", "upstream": ["CVE-1"], "affected": affected}


@pytest.mark.parametrize(
    ("events", "version", "fixed"),
    [
        ({"pro": fixed_in("1.0-1+esm1")}, "1.0-1", "1.0-1+esm1"),
        ({"pro": fixed_in("1.0-1+esm1")}, "1.0-1+esm1", None),
        ({"pro": _UNFIXED}, "1.0-1", ""),
        ({"plain": _UNFIXED, "pro": fixed_in("1.0-1+esm1")}, "1.0-1", "1.0-1+esm1"),
        ({"plain": _UNFIXED, "pro": fixed_in("1.0-1+esm1")}, "1.0-1+esm1", None),
        ({"plain": fixed_in("1.0-1"), "pro": fixed_in("1.0-1+esm1")}, "1.0-1", None),
        ({"plain": fixed_in("1.0-1"), "pro": _UNFIXED}, "1.0-1", None),
        ({"plain": fixed_in("1.0-1"), "pro": fixed_in("1.0-1")}, "0.9-1", "1.0-1"),
        ({"plain": _UNFIXED, "pro": _UNFIXED}, "1.0-1", ""),
    ],
)
def test_flaw_is_there_until_its_fix_is(
    tmp_path: Path, events: dict[str, Sequence[dict[str, str]]], version: str, fixed: str | None
) -> None:
    package = installed(PackageType.DEB, "p", version, "Ubuntu:18.04:LTS")
    found = match(ImageInventory(None, (package,)), database_of(tmp_path, _record(**events))).vulnerabilities
    assert bool(found) is (fixed is not None)
    for finding in found:
        (one,) = finding.packages
        assert one.fixed_version == fixed
        assert one.fix_state is (FixState.FIXED if fixed else FixState.NOT_FIXED)


def test_what_is_overruled_is_dropped_with_its_reason(tmp_path: Path) -> None:
    database = database_of(tmp_path, _record(plain=_UNFIXED, pro=fixed_in("1.0-1+esm1")))
    package = installed(PackageType.DEB, "p", "1.0-1+esm1", "Ubuntu:18.04:LTS")
    (dropped,) = match(ImageInventory(None, (package,)), database).dropped
    assert dropped.why == "Ubuntu Pro's fix is installed"
