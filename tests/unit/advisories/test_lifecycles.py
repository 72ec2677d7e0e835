from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pratique.advisories.build import Fresh, Kept, build_database
from pratique.advisories.database import open_database
from pratique.advisories.lifecycles import RefusedRelease, SupportEnd, read_lifecycles
from pratique.advisories.sources import source_named
from pratique.errors import FeedError
from tests.advisory_files import MOMENT


def _list(*products: Any) -> bytes:
    return json.dumps({"schema_version": "1.2.0", "total": len(products), "result": products}).encode()


_DEBIAN = {
    "name": "debian",
    "label": "Debian",
    "category": "os",
    "releases": [
        {"name": "13", "codename": "Trixie", "isEol": False, "eolFrom": "2030-06-30", "eoesFrom": "2035-06-30"},
        {"name": "12", "codename": "Bookworm", "isEol": False, "eolFrom": "2028-06-30"},
        {"name": "14", "codename": "Forky", "isEol": False, "eolFrom": None},
    ],
}
_ALPINE = {"name": "alpine-linux", "releases": [{"name": "3.20", "isEol": True, "eolFrom": "2026-04-01"}]}
_PYTHON = {"name": "python", "releases": [{"name": "3.13", "eolFrom": "2029-10-31"}]}


def test_releases_of_distributions_with_an_end_are_read_under_their_os_release_names() -> None:
    assert list(read_lifecycles(_list(_DEBIAN, _PYTHON, _ALPINE))) == [
        SupportEnd("debian", "13", "2030-06-30"),
        SupportEnd("debian", "12", "2028-06-30"),
        SupportEnd("alpine", "3.20", "2026-04-01"),
    ]


def test_what_cannot_be_read_is_refused_and_stops_nothing() -> None:
    broken = {"name": "ubuntu", "releases": [{"name": "24.04", "eolFrom": "soon"}, {"eolFrom": "2029-05-31"}]}
    found = list(read_lifecycles(_list({"name": 3}, broken, _ALPINE)))
    assert [one.name for one in found if isinstance(one, RefusedRelease)] == [
        "product 0",
        "ubuntu release 0",
        "ubuntu release 1",
    ]
    assert found[-1] == SupportEnd("alpine", "3.20", "2026-04-01")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html>", b"\xff"])
def test_what_is_no_list_raises(body: bytes) -> None:
    with pytest.raises(FeedError):
        list(read_lifecycles(body))


def test_database_keeps_the_dates_and_the_next_one_takes_them_over(tmp_path: Path) -> None:
    source = source_named("end-of-life")
    assert source is not None
    listed = tmp_path / "products.json"
    listed.write_bytes(_list(_DEBIAN))
    build_database(tmp_path / "d.sqlite", [Fresh(source, listed, MOMENT)], built=MOMENT)
    first = open_database(tmp_path / "d.sqlite")
    assert first.support_ends("debian") == {"12": "2028-06-30", "13": "2030-06-30"}
    assert first.support_ends("nothing") == {}
    build_database(tmp_path / "e.sqlite", [Kept(source, "down")], built=MOMENT, previous=first)
    assert open_database(tmp_path / "e.sqlite").support_ends("debian") == first.support_ends("debian")
