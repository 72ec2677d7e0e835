"""The sample image's report in every format is, byte for byte, the one that was read and agreed to."""

from __future__ import annotations

import pytest

from pratique.reports.bill_of_materials import BillFormat
from pratique.reports.formats import ReportFormat
from tests.golden.reports import FOLDER, golden_reports

KEPT = sorted(path.name for path in FOLDER.iterdir() if path.suffix not in {".py", ""})
RENEW = "where this is meant, run `make golden` and read the difference"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return golden_reports(tmp_path_factory.mktemp("golden"))


def test_every_format_has_a_golden_report(made: dict[str, bytes]) -> None:
    assert sorted(made) == KEPT
    assert len(KEPT) == len(ReportFormat) + len(BillFormat) + 3  # three are for people or have no format of their own


@pytest.mark.parametrize("name", KEPT)
def test_report_is_the_golden_one(name: str, made: dict[str, bytes]) -> None:
    expected = (FOLDER / name).read_bytes()
    if made[name] != expected:
        assert made[name].decode().splitlines() == expected.decode().splitlines(), RENEW
    assert made[name] == expected, RENEW
