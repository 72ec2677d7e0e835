from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pratique.adapters.dynamodb_stores import dynamo_stores
from pratique.errors import RegistryError, StoreError
from pratique.model.image import ImageId
from pratique.ports.scans import ScanState
from pratique.services.receive_push import ImageEvent, ReceivePush
from pratique.services.retire_image import RetireImage
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.sources import FolderSources
from tests.fakes.starter import FakeStarter
from tests.finding_builder import digest_of
from tests.image_builder import build_layout

INSTANCE, REPOSITORY = "000000000000.us-east-1", "demo"
AT = datetime(2026, 11, 1, 11, 59, 58, tzinfo=UTC)


class Bench:
    def __init__(self, folder: Path) -> None:
        build_layout(folder / INSTANCE / REPOSITORY, [{"a": b"1"}])
        self.sources = FolderSources(folder)
        self.digest = self.sources.open(INSTANCE, REPOSITORY).images("")[0].digest
        self.stores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
        self.starter = FakeStarter()
        self.service = ReceivePush(
            scans=self.stores.scans,
            starter=self.starter,
            tags=self.stores.tags,
            settings=self.stores.settings,
            retire=RetireImage(self.stores.findings, self.sources, FakeClock()),
            clock=FakeClock(),
            scan_image_function="scan-image:live",
        )
        self.event = ImageEvent(ImageId(INSTANCE, REPOSITORY, self.digest), "1.0", AT)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_push_starts_one_scan_however_often_the_event_comes(bench: Bench) -> None:
    identifiers = {bench.service.pushed(bench.event) for _ in range(10)}
    assert len(identifiers) == 1
    assert [(function, name) for function, _, name in bench.starter.started] == [
        ("scan-image:live", identifiers.pop()),
    ]


def test_push_whose_start_failed_is_started_by_the_event_that_comes_again(bench: Bench) -> None:
    bench.starter.down = True
    with pytest.raises(StoreError):
        bench.service.pushed(bench.event)
    bench.starter.down = False
    identifier = bench.service.pushed(bench.event)
    assert identifier is not None
    assert [name for _, _, name in bench.starter.started] == [identifier]
    record = bench.stores.scans.get(identifier)
    assert record is not None
    assert (record.state, record.trigger, record.scope) == (ScanState.QUEUED, "push", f"IMG#{bench.event.image}")


def test_two_pushes_of_one_image_are_two_scans(bench: Bench) -> None:
    later = ImageEvent(bench.event.image, "1.0", datetime(2026, 11, 1, 12, 30, tzinfo=UTC))
    assert bench.service.pushed(bench.event) != bench.service.pushed(later)


def test_deletion_of_one_of_several_tags_keeps_the_image(bench: Bench) -> None:
    assert bench.service.deleted(bench.event) is False


def test_deletion_of_an_image_that_the_registry_lacks_retires_it(bench: Bench) -> None:
    gone = ImageEvent(ImageId(INSTANCE, REPOSITORY, digest_of("gone")), "", AT)
    assert bench.service.deleted(gone) is True


def test_deletion_while_the_registry_is_away_is_not_taken_for_a_deletion(bench: Bench) -> None:
    bench.sources.error = RegistryError("no answer", retryable=True)
    with pytest.raises(RegistryError):
        bench.service.deleted(bench.event)
