"""Every fuzz target reads its seeds, and stands up to everything that a fuzzer ever found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.target import FuzzTarget
from tests.fuzz.targets import TARGETS

FOUND = Path(__file__).parent / "found"
"""Inputs that once did harm, in a folder for each target; each stays for good."""


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_target_reads_every_seed(target: FuzzTarget) -> None:
    assert target.seeds
    assert all(target(seed) for seed in target.seeds)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_target_stands_up_to_what_was_found(target: FuzzTarget) -> None:
    for body in (b"", b"\xff" * 2000, *(path.read_bytes() for path in sorted((FOUND / target.name).glob("*")))):
        assert target(body) in {True, False}


def test_every_folder_of_found_inputs_is_a_targets() -> None:
    assert {path.name for path in FOUND.iterdir()} <= {target.name for target in TARGETS} if FOUND.exists() else True
