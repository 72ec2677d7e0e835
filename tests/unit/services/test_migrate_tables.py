"""An upgrade keeps what is stored, runs each step once, and refuses tables of a newer version."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import structs

from pratique.errors import StoreError
from pratique.model.finding import Category
from pratique.model.sample import Level
from pratique.model.settings import Cycle, Settings
from pratique.model.severity import Priority
from pratique.model.suppression import Covers, Endings, Justification
from pratique.services.migrate_tables import MigrateTables, SchemaTooNew, refuse_newer
from pratique.services.migrations import MIGRATIONS, SCHEMA_VERSION, MigratedStores, Migration
from pratique.services.suppress_findings import SuppressFindings, WantedSuppression
from tests.fakes.estate import FakeEstate, fake_estate
from tests.finding_builder import finding, image_id, report, sample

IMAGE = image_id()


def old_estate() -> FakeEstate:
    """What the version before had stored: an image with findings, changed settings, a suppression."""
    estate = fake_estate()
    found = [finding("CVE-2024-1", Priority.HIGH, category=Category.APPLICATION, package="urllib3")]
    estate.scan(IMAGE, report(found, [sample("miner", Level.URGENT)]))
    estate.settle()
    for version, cycle in enumerate((Cycle.THREE_DAYS, Cycle.STOP)):
        estate.stores.settings.put(Settings(cycle=cycle), expected_version=version, by="ann", now=estate.clock.now())
        estate.clock.pass_hours(1)
    wanted = WantedSuppression(Covers(vulnerability="CVE-2024-1"), "known", "", Justification.ACCEPTED, Endings())
    SuppressFindings(estate.stores.suppressions, estate.clock, lambda: None).add(wanted, by="ann", seed="1")
    return estate


def told(estate: FakeEstate) -> object:
    kept = estate.stores
    return (
        kept.findings.findings(IMAGE),
        list(kept.findings.images([IMAGE])),
        kept.settings.get(),
        kept.settings.history(before=0, limit=10),
        list(kept.suppressions.marks()),
        {str(image) for image in kept.catalog.images("ALL")},
    )


def migrate(estate: FakeEstate, migrations: tuple[Migration, ...] = MIGRATIONS) -> MigrateTables:
    kept = estate.stores
    return MigrateTables(kept.schema, MigratedStores(kept.settings, kept.audit), estate.clock, migrations)


def test_steps_are_numbered_from_one() -> None:
    assert [step.version for step in MIGRATIONS] == list(range(1, SCHEMA_VERSION + 1))


def test_upgrade_keeps_everything_and_lists_earlier_changes() -> None:
    estate = old_estate()
    before = told(estate)
    assert migrate(estate)("worker") == SCHEMA_VERSION
    assert told(estate) == before
    records = estate.stores.audit.page(after="", limit=10, now=estate.clock.now()).records
    assert [(record.by, record.after and record.after["cycle"]) for record in records] == [
        ("ann", "stop"),
        ("ann", "3d"),
    ]


def test_second_upgrade_does_nothing_and_a_repeated_step_changes_nothing() -> None:
    estate = old_estate()
    migrate(estate)("worker")
    first = estate.stores.audit.page(after="", limit=10, now=estate.clock.now())
    ran: list[int] = []
    again = tuple(structs.replace(step, run=lambda _: ran.append(1)) for step in MIGRATIONS)
    assert migrate(estate, again)("worker") == SCHEMA_VERSION
    assert ran == []
    for step in MIGRATIONS:
        step.run(MigratedStores(estate.stores.settings, estate.stores.audit))
    assert estate.stores.audit.page(after="", limit=10, now=estate.clock.now()) == first


def failing_once() -> tuple[list[int], Callable[[MigratedStores], None]]:
    tries: list[int] = []

    def run(_: MigratedStores) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise StoreError("the table does not answer", retryable=True)

    return tries, run


def test_step_that_failed_is_run_again_and_earlier_ones_are_not() -> None:
    estate, ran = fake_estate(), []
    tries, second = failing_once()
    steps = (Migration(1, "first", lambda _: ran.append(1)), Migration(2, "second", second))
    with pytest.raises(StoreError):
        migrate(estate, steps)("one")
    assert estate.stores.schema.version() == 1
    assert migrate(estate, steps)("two") == 2
    assert (ran, tries) == ([1], [1, 1])


def test_second_worker_leaves_the_work_to_the_first() -> None:
    estate = fake_estate()
    seen: list[int] = []
    steps = (Migration(1, "first", lambda _: seen.append(migrate(estate, steps)("other"))),)
    assert migrate(estate, steps)("one") == 1
    assert seen == [0]


def test_worker_whose_time_was_up_marks_nothing() -> None:
    estate = fake_estate()

    def slow(_: MigratedStores) -> None:
        estate.clock.pass_hours(1)
        assert estate.stores.schema.begin("other", now=estate.clock.now(), seconds=900)

    assert migrate(estate, (Migration(1, "slow", slow),))("one") == 0
    assert not estate.stores.schema.begin("third", now=estate.clock.now(), seconds=900)


def test_newer_tables_are_refused_with_what_to_do() -> None:
    estate = fake_estate()
    schema = estate.stores.schema
    schema.begin("newer", now=estate.clock.now(), seconds=900)
    schema.reached(SCHEMA_VERSION + 1, "newer")
    with pytest.raises(SchemaTooNew, match=f"version {SCHEMA_VERSION + 1} and this program knows {SCHEMA_VERSION}"):
        migrate(estate)("worker")
    with pytest.raises(SchemaTooNew, match="deploy"):
        refuse_newer(schema)
