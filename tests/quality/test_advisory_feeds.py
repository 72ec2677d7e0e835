"""Every file of the offline mirror is read whole, and the database answers fast enough to be of use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pratique.advisories.build import Fresh, build_database
from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.sources import SOURCES
from pratique.advisories.starter import starter_database
from pratique.model.advisory import Advisory
from pratique.services.canary import watch_canary
from tests.advisory_files import MOMENT
from tests.shared_data import shared


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabase:
    path = tmp_path_factory.mktemp("advisories") / "advisories.sqlite"
    files = [(source, _file(source.mirror_path)) for source in SOURCES]
    build_database(path, [Fresh(source, file, MOMENT) for source, file in files if file], built=MOMENT)
    return open_database(path)


def _file(mirror_path: str) -> Path | None:
    path = shared("feeds") / mirror_path
    if "-current" in path.name:
        return max(path.parent.glob(path.name.replace("-current", "-*")), default=None)
    return path if path.is_file() else None


def test_every_record_of_every_file_is_read(database: SqliteDatabase) -> None:
    manifest = json.loads((shared("feeds") / "manifest.json").read_text())
    expected = {
        entry["file"].removesuffix("/all.zip"): entry["records"]
        for entry in manifest
        if entry["file"].endswith("all.zip")
    }
    found = {state.name: state.records + state.refused for state in database.revision.sources}
    assert {name: found[name] for name in expected} == expected
    assert database.refused() == ()
    assert found["kev"] == 1662
    assert found["epss"] == 360_142


def test_statements_are_those_of_every_range_that_is_not_of_git(database: SqliteDatabase) -> None:
    counts: dict[str, int] = {}
    keys = [(ecosystem, name) for _, ecosystem, name, _ in database.rows()]
    for (ecosystem, _), statements in database.statements(keys).items():
        base = ecosystem.partition(":")[0]
        counts[base] = counts.get(base, 0) + sum(len(statement.intervals) for statement in statements)
    # SOURCES.md of the feeds gives these numbers of ranges, checked there by a second program.
    assert counts["Debian"] == 10_459
    assert counts["Ubuntu"] == 173_883
    assert counts["Alpine"] == 97_803
    assert counts["Wolfi"] == 14_839


def test_known_flaws_of_the_mirror_are_found(database: SqliteDatabase) -> None:
    found = watch_canary(database).found
    assert len(found) >= 11, found


# The mirror's npm data of 2022 has one range where GitHub's advisories have one for each release line.
_MERGED_IN_THE_MIRROR = {("ansi-regex", "CVE-2021-3807"), ("minimist", "CVE-2020-7598"), ("y18n", "CVE-2020-7774")}


def test_starter_set_states_the_fixes_that_the_mirror_states(database: SqliteDatabase, tmp_path: Path) -> None:
    starter = starter_database(tmp_path)
    compared, different = 0, []
    for kind, ecosystem, name, _ in starter.rows():
        assert kind == "package"
        key = (ecosystem, name)
        mirrored = database.statements([key]).get(key, ())
        about = database.advisories({statement.advisory for statement in mirrored})
        for statement in starter.statements([key])[key]:
            flaw = statement.advisory
            same = [one for one in mirrored if flaw in _ids(about[one.advisory])]
            spans = [span for one in same for span in one.intervals]
            if not spans or not all(span.fixed for span in spans):
                continue  # not in the mirror, or told by the last affected version, whose successor it does not say
            compared += 1
            if not {span.fixed for span in statement.intervals} <= {span.fixed for span in spans}:
                different.append((name, flaw))
    assert compared >= 100
    assert set(different) == _MERGED_IN_THE_MIRROR


def _ids(advisory: Advisory) -> set[str]:
    return {advisory.id, *advisory.aliases, *advisory.upstream}
