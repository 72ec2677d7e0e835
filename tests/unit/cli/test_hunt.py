from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pratique.cli.main import pratique


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        ([], 3, "no local system runs"),
        (["--scope", "everything"], 2, "everything"),
        (["--rules", "none"], 3, "no rule file"),
        (["--hashes", "none"], 2, "cannot be read"),
    ],
)
def test_hunt_that_cannot_take_place_says_why(tmp_path: Path, options: list[str], status: int, told: str) -> None:
    placed = [str(tmp_path / option) if option == "none" else option for option in options]
    result = CliRunner().invoke(pratique, ["hunt", "--folder", str(tmp_path), *placed])
    assert result.exit_code == status
    assert told in result.output
