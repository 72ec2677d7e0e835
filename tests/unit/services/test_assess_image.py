from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from pratique.adapters.dynamodb_stores import DynamoStores, dynamo_stores
from pratique.adapters.folder_objects import FolderObjectStore
from pratique.advisories.build import Fresh, build_database
from pratique.advisories.database import open_database
from pratique.advisories.sources import source_named
from pratique.advisories.starter import starter_database
from pratique.archive.limits import Limits
from pratique.errors import StoreError
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.model.base_image import BaseFoundBy, LayerOrigin
from pratique.model.coverage import Reason, ReasonCode, ScanStatus
from pratique.model.image import Image, ImageId
from pratique.model.sample import Level
from pratique.ports.counts import Risk
from pratique.services.advisory_changes import WHOLE, AdvisoryChange, AdvisoryChanges
from pratique.services.analyze_layer import AnalyzeLayer, LayerRead
from pratique.services.assess_image import AssessImage
from pratique.services.image_inventories import ImageInventories
from pratique.services.rematch_images import Rematched, RematchImages
from pratique.services.resolve_image import ResolveImage
from tests.advisory_files import MOMENT, database_of, fixed_in, record
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.scanner import FakeScanner
from tests.fakes.sources import FolderSources
from tests.image_builder import build_layout

INSTANCE = "000000000000.us-east-1"


def dist_info(name: str, version: str) -> dict[str, bytes]:
    body = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n".encode()
    return {f"app/{name}-{version}.dist-info/METADATA": body}


class CountingObjects(FolderObjectStore):
    """Remembers what was read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.read: list[str] = []

    def get(self, key: str) -> bytes | None:
        self.read.append(key)
        return super().get(key)


class Bench:
    """Images in repositories, read and assessed with the starter advisories."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = FolderSources(folder)
        self.objects = CountingObjects(folder / "objects")
        self.engine = FakeDynamo()
        self.stores: DynamoStores = dynamo_stores(self.engine.client, findings_table="F", index_table="I")
        self.clock = FakeClock()
        self.database = starter_database(folder / "database")
        self.assess = AssessImage(
            self.objects,
            self.stores.findings,
            self.database,
            self.clock,
            self.stores.allow_list,
            self.stores.suppressions,
        )
        self.rematch = RematchImages(
            self.stores.catalog, ImageInventories(self.objects), AdvisoryChanges(self.objects), self.assess
        )

    def scan(self, repository: str, layers: list[dict[str, bytes]], *, unread: Iterable[int] = ()) -> ImageId:
        build_layout(self.folder / INSTANCE / repository, layers)
        [image] = ResolveImage(self.sources, self.objects, self.stores.settings)(INSTANCE, repository, "")
        failures = [
            Reason(ReasonCode.LAYER_NOT_READ, "the registry lost it", layer=image.layers[index].diff_id)
            for index in unread
        ]
        self.read(repository, image, skip=set(unread))
        identifier = ImageId(INSTANCE, repository, image.digest)
        self.assess(identifier, tags=["1"], analyzer="v1", failures=failures)
        return identifier

    def read(self, repository: str, image: Image, *, skip: set[int]) -> None:
        analyze = AnalyzeLayer(
            sources=self.sources,
            objects=self.objects,
            leases=self.stores.layers,
            clock=self.clock,
            selector=Selector(EXTRACTORS),
            scanner=FakeScanner(),
            limits=Limits(),
            analyzer="v1",
            lease_seconds=60,
        )
        for layer in image.layers:
            if layer.index not in skip:
                assert isinstance(analyze(INSTANCE, repository, layer, owner="test"), LayerRead)

    def found(self, image: ImageId) -> set[str]:
        vulnerabilities, _ = self.stores.findings.findings(image)
        return {finding.id for finding in vulnerabilities if finding.state == "open"}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_assessment_stores_findings_and_keeps_the_inventory(bench: Bench) -> None:
    image = bench.scan("shop", [dist_info("urllib3", "1.24"), dist_info("requests", "2.32.4")])
    assert "CVE-2019-11324" in bench.found(image)
    stored = bench.stores.findings.image(image)
    assert stored is not None
    assert (stored.status, stored.tags, stored.first_scan) == (ScanStatus.PARTIAL, ("1",), bench.clock.now())
    kept = ImageInventories(bench.objects).get(image.digest)
    assert {found.package.name for found in kept.inventory.packages} == {"urllib3", "requests"}


def test_layer_that_was_not_read_makes_it_partial_with_the_reason_once(bench: Bench) -> None:
    image = bench.scan("shop", [dist_info("urllib3", "1.24"), dist_info("requests", "2.32.4")], unread=[1])
    stored = bench.stores.findings.image(image)
    assert stored is not None
    assert stored.coverage is not None
    assert stored.status is ScanStatus.PARTIAL
    reasons = [reason for reason in stored.coverage.reasons if reason.code is ReasonCode.LAYER_NOT_READ]
    assert [reason.detail for reason in reasons] == ["the registry lost it"]


def test_image_of_which_nothing_was_read_is_failed_and_never_clean(bench: Bench) -> None:
    image = bench.scan("shop", [dist_info("urllib3", "1.24")], unread=[0])
    stored = bench.stores.findings.image(image)
    assert stored is not None
    assert stored.status is ScanStatus.FAILED
    with pytest.raises(StoreError, match="must be scanned"):
        ImageInventories(bench.objects).get(image.digest)


def rematch(bench: Bench, revision: str, after: str = "") -> Rematched:
    bench.objects.read.clear()
    return bench.rematch(revision, after=after, out_of_time=lambda: False)


def change(bench: Bench, revision: str, previous: str, *keys: tuple[str, str]) -> None:
    changed = AdvisoryChange(previous, frozenset(keys), frozenset())
    bench.objects.put(f"advisories/{revision}/changed.json", msgspec.json.encode(changed))


def test_rematch_reads_stored_inventories_and_no_layer(bench: Bench) -> None:
    image = bench.scan("shop", [dist_info("urllib3", "1.24")])
    before = bench.found(image)
    bench.clock.move(days=1)
    assert rematch(bench, "r1") == Rematched(images=1, untouched=0, failed=0, after="")
    assert bench.found(image) == before
    assert not [key for key in bench.objects.read if key.startswith("layers/")]


def test_rematch_leaves_images_alone_that_hold_no_changed_package(bench: Bench) -> None:
    touched = bench.scan("touched", [dist_info("Jinja2", "2.10")])
    untouched = bench.scan("untouched", [dist_info("requests", "2.19.1")])
    assert rematch(bench, "r1") == Rematched(2, 0, 0, "")
    change(bench, "r2", "r1", ("PyPI", "jinja2"))
    seqs = [image.seq for name in (touched, untouched) if (image := bench.stores.findings.image(name))]
    assert rematch(bench, "r2") == Rematched(1, 1, 0, "")
    later = [image.seq for name in (touched, untouched) if (image := bench.stores.findings.image(name))]
    assert later == [seqs[0] + 1, seqs[1]]


def test_rematch_after_one_that_never_ended_matches_every_image(bench: Bench) -> None:
    images = sorted(str(bench.scan(name, [dist_info("urllib3", "1.24"), {name: b"x"}])) for name in ("a", "b"))
    change(bench, "r2", "r1", ("PyPI", "jinja2"))
    assert bench.rematch("r1", after="", out_of_time=lambda: True) == Rematched(1, 0, 0, images[0])
    assert rematch(bench, "r2") == Rematched(2, 0, 0, "")


def test_rematch_matches_images_of_an_ecosystem_that_got_data(bench: Bench) -> None:
    bench.scan("shop", [dist_info("urllib3", "1.24")])
    assert rematch(bench, "r1") == Rematched(1, 0, 0, "")
    changed = AdvisoryChange("r1", frozenset(), frozenset({"PyPI"}))
    bench.objects.put("advisories/r2/changed.json", msgspec.json.encode(changed))
    assert rematch(bench, "r2") == Rematched(1, 0, 0, "")


def test_rematch_goes_on_where_it_stopped_and_past_an_image_that_fails(bench: Bench) -> None:
    images = sorted(str(bench.scan(name, [dist_info("urllib3", "1.24"), {name: b"x"}])) for name in ("a", "b", "c"))
    damaged = ImageId.parse(images[1])
    bench.objects.put(f"inventories/{damaged.digest}.json.zst", b"damaged")
    first = bench.rematch("r1", after="", out_of_time=lambda: True)
    assert first == Rematched(1, 0, 0, images[0])
    assert rematch(bench, "r1", after=images[0]) == Rematched(1, 0, 1, "")


def test_image_that_failed_is_matched_with_every_other_by_the_next_revision(bench: Bench) -> None:
    image = bench.scan("shop", [dist_info("urllib3", "1.24")])
    inventory = bench.objects.get(f"inventories/{image.digest}.json.zst")
    assert inventory is not None
    bench.objects.put(f"inventories/{image.digest}.json.zst", b"damaged")
    assert rematch(bench, "r1") == Rematched(0, 0, 1, "")
    bench.objects.put(f"inventories/{image.digest}.json.zst", inventory)
    change(bench, "r2", "r1", ("PyPI", "nothing-here"))
    assert rematch(bench, "r2") == Rematched(1, 0, 0, "")


def test_image_that_was_never_scanned_is_left_to_its_first_scan(bench: Bench) -> None:
    image = bench.scan("shop", [dist_info("urllib3", "1.24")])
    (bench.folder / "objects" / "inventories" / f"{image.digest}.json.zst").unlink()
    assert rematch(bench, "r1") == Rematched(0, 1, 0, "")


def test_assessment_that_new_advisories_overtook_ends_on_the_new_ones(bench: Bench, tmp_path: Path) -> None:
    """The rematch of the new revision passes before the assessment, which began with the old one, has written."""
    (tmp_path / "new").mkdir()
    new = database_of(tmp_path / "new", record("CVE-2099-1", "PyPI", "urllib3", fixed_in("2")))
    revision = new.revision.revision
    overtaken = structs.replace(bench.assess, newer=lambda used: new if used != revision else None)
    bench.rematch = structs.replace(bench.rematch, assess=structs.replace(bench.assess, database=new))
    assert rematch(bench, revision) == Rematched(0, 0, 0, "")
    bench.assess = overtaken
    image = bench.scan("shop", [dist_info("urllib3", "1.24")])
    assert bench.found(image) == {"CVE-2099-1"}
    stored = bench.stores.findings.image(image)
    assert stored is not None
    assert stored.coverage is not None
    assert stored.coverage.advisory_revision == revision
    assert stored.tags == ("1",)
    change(bench, "r3", revision, ("PyPI", "nothing-here"))
    assert rematch(bench, "r3") == Rematched(0, 1, 0, "")


def test_rematch_finds_a_package_that_is_reported_as_malicious_since(bench: Bench, tmp_path: Path) -> None:
    image = bench.scan("shop", [dist_info("evil_lib", "1.0"), dist_info("requests", "2.32.4")])
    other = bench.scan("other", [dist_info("requests", "2.32.4")])
    assert bench.stores.findings.findings(image)[1] == ()
    before = database_of(tmp_path, record("CVE-2024-1", "PyPI", "nothing", fixed_in("1")))
    reported = record("MAL-2026-1", "PyPI", "evil-lib", [{"introduced": "0"}], summary="Malicious code in evil-lib")
    (tmp_path / "new").mkdir()
    after = database_of(tmp_path / "new", record("CVE-2024-1", "PyPI", "nothing", fixed_in("1")), reported)
    AdvisoryChanges(bench.objects).put("r2", before, after)
    AdvisoryChanges(bench.objects).followed(before.revision.revision, WHOLE)
    bench.rematch = structs.replace(bench.rematch, assess=structs.replace(bench.assess, database=after))
    assert rematch(bench, "r2") == Rematched(1, 1, 0, "")
    assert not [key for key in bench.objects.read if key.startswith("layers/")]
    (sample,) = bench.stores.findings.findings(image)[1]
    assert (sample.purl, sample.level, sample.present) == ("pkg:pypi/evil-lib@1.0", Level.URGENT, True)
    assert sample.files[0].path == "app/evil_lib-1.0.dist-info/METADATA"
    assert bench.stores.findings.findings(other)[1] == ()
    contribution = bench.stores.findings.contribution(image)
    assert contribution is not None
    assert (contribution.samples, contribution.vulnerabilities) == ({sample.sha256: Level.URGENT}, {})
    assert contribution.risk is Risk.HIGH


def test_scan_on_starter_data_is_partial_and_says_so(bench: Bench) -> None:
    image = bench.scan("shop", [dist_info("nothing-known", "1.0")])
    stored = bench.stores.findings.image(image)
    assert stored is not None
    assert stored.coverage is not None
    assert stored.status is ScanStatus.PARTIAL
    assert [reason.code for reason in stored.coverage.reasons] == [ReasonCode.ADVISORIES_STARTER]


@pytest.mark.parametrize(("release", "ended"), [("9", True), ("12", False)])
def test_release_that_gets_no_more_advisories_is_a_reason(bench: Bench, release: str, *, ended: bool) -> None:
    files = {"etc/os-release": f"ID=debian\nVERSION_ID={release}\n".encode(), **dist_info("urllib3", "1.24")}
    stored = bench.stores.findings.image(bench.scan("shop", [files]))
    assert stored is not None
    assert stored.coverage is not None
    codes = {reason.code for reason in stored.coverage.reasons}
    assert (ReasonCode.DISTRIBUTION_END_OF_LIFE in codes) is ended


def test_end_that_the_database_tells_goes_before_the_shipped_table(bench: Bench, tmp_path: Path) -> None:
    source = source_named("end-of-life")
    assert source is not None
    listed = tmp_path / "products.json"
    listed.write_text('{"result": [{"name": "debian", "releases": [{"name": "12", "eolFrom": "2026-10-01"}]}]}')
    build_database(tmp_path / "d.sqlite", [Fresh(source, listed, MOMENT)], built=MOMENT)
    bench.assess = structs.replace(bench.assess, database=open_database(tmp_path / "d.sqlite"))
    files = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n", **dist_info("urllib3", "1.24")}
    stored = bench.stores.findings.image(bench.scan("shop", [files]))
    assert stored is not None
    assert stored.coverage is not None
    (told,) = [one for one in stored.coverage.reasons if one.code is ReasonCode.DISTRIBUTION_END_OF_LIFE]
    assert "2026-10-01" in told.detail


def test_base_that_is_scanned_later_is_recognised_by_the_next_assessment(bench: Bench) -> None:
    below, above = dist_info("urllib3", "1.24"), dist_info("Jinja2", "2.10")
    image = bench.scan("shop", [below, above])
    origins = {finding.origin for finding in bench.stores.findings.findings(image)[0]}
    assert origins == {LayerOrigin.APPLICATION}
    base = bench.scan("base/python", [below])
    assert rematch(bench, "r1").images == 2
    stored = bench.stores.findings.image(image)
    assert stored is not None
    assert (stored.base.layers, stored.base.found_by, stored.base.name, stored.base.known_as) == (
        1, BaseFoundBy.KNOWN_IMAGE, f"{INSTANCE}/base/python:1", str(base),
    )  # fmt: skip
    by_package = {
        package.name: finding.origin
        for finding in bench.stores.findings.findings(image)[0]
        for package in finding.packages
    }
    assert by_package == {"urllib3": LayerOrigin.BASE, "Jinja2": LayerOrigin.APPLICATION}
