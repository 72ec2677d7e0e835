from __future__ import annotations

from pathlib import Path

import pytest

from pratique.advisories.build import Fresh, Kept, build_database
from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.sources import source_named
from pratique.matching.gaps import data_gaps
from pratique.model.coverage import ReasonCode
from pratique.model.inventory import ImageInventory
from pratique.model.package import PackageType
from tests.advisory_files import MOMENT, fixed_in, installed, osv_source, record, write_zip
from tests.update_lists import package, update, update_list


def _database(folder: Path, *more: Kept) -> SqliteDatabase:
    core = source_named("amazon/2/core")
    assert core is not None
    listed = folder / "core.xml.gz"
    listed.write_bytes(update_list(update("ALAS2-2023-1001", [package("p", "1-2")])))
    zipped = write_zip(folder / "npm.zip", [record("GHSA-1", "npm", "p", fixed_in("1"))])
    inputs: list[Fresh | Kept] = [Fresh(core, listed, MOMENT), Fresh(osv_source("npm"), zipped, MOMENT), *more]
    build_database(folder / "d.sqlite", inputs, built=MOMENT)
    return open_database(folder / "d.sqlite")


def _kept(name: str, *, absent: bool) -> Kept:
    source = source_named(name)
    assert source is not None
    return Kept(source, "not in this mirror" if absent else "down", absent=absent)


def _reasons(database: SqliteDatabase, ecosystem: str) -> list[tuple[ReasonCode, str]]:
    kind = PackageType.NPM if ecosystem == "npm" else PackageType.RPM
    inventory = ImageInventory(None, (installed(kind, "p", "1-1", ecosystem),))
    return [(reason.code, reason.detail) for reason in data_gaps(inventory, database)]


@pytest.mark.parametrize("absent", [True, False])
def test_half_of_a_releases_sources_is_no_complete_coverage_of_it(tmp_path: Path, absent: bool) -> None:
    database = _database(tmp_path, _kept("amazon/2/extras", absent=absent))
    problem = "not in this mirror" if absent else "down"
    expected = [(ReasonCode.ADVISORIES_STALE, f"there is no data of amazon/2/extras: {problem}")]
    assert _reasons(database, "Amazon Linux:2") == expected
    assert _reasons(database, "npm") == []


def test_source_of_another_release_or_ecosystem_is_no_gap(tmp_path: Path) -> None:
    database = _database(tmp_path, _kept("amazon/2023/core", absent=False), _kept("osv/PyPI", absent=True))
    assert _reasons(database, "Amazon Linux:2") == []
    assert _reasons(database, "npm") == []


def test_ecosystem_that_the_mirror_lacks_is_without_data(tmp_path: Path) -> None:
    database = _database(tmp_path, _kept("amazon/2023/core", absent=True))
    ((code, detail),) = _reasons(database, "Amazon Linux:2023")
    assert code is ReasonCode.DISTRIBUTION_WITHOUT_DATA
    assert "nearest release with data is Amazon Linux:2" in detail
