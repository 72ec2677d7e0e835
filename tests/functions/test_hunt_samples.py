"""A hunt over stored images: what it reads, in which order, what becomes of it when it is stopped or fails."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from functions.hunt_samples import handler
from pratique.adapters.dynamodb_stores import dynamo_stores
from pratique.advisories.starter import starter_database
from pratique.archive.limits import Limits
from pratique.envelopes.payloads import AnalyzeLayerRequest, AssessImageRequest, LayerAnswer
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS, analyzer_version
from pratique.malware.hash_lists import HashLists
from pratique.malware.packs import PackManifest, RulePack, RuleSource
from pratique.malware.scanner import RuleScanner
from pratique.model.image import ImageId, Layer
from pratique.model.scope import Scope
from pratique.ports.scans import ScanRecord, ScanState
from pratique.services.analyze_layer import AnalyzeLayer, LayerRead
from pratique.services.assess_image import AssessImage
from pratique.services.carry_over import CarryOver
from pratique.services.end_scan import EndScan
from pratique.services.hunt_record import HuntRecord
from pratique.services.hunt_samples import HuntSamples
from pratique.services.publish_rules import PublishRules, rules_in_use
from pratique.services.record_change import RecordChange
from pratique.services.resolve_image import ResolveImage, load_image
from pratique.services.rule_sets import RuleSets
from pratique.services.start_hunt import StartHunt
from pratique.wiring.environment import Environment
from tests.durable import durable_runner
from tests.fakes.clock import FakeClock
from tests.fakes.dynamodb import FakeDynamo
from tests.fakes.objects import MemoryObjects
from tests.fakes.sources import FolderSources
from tests.fakes.starter import FakeStarter
from tests.functions.sample_event import sample_event
from tests.image_builder import build_layout
from tests.look_alikes import elf

INSTANCE = "000000000000.us-east-1"
SCRIPT = {"opt/start.sh": b"#!/bin/false\n( marker-of-a-script\n"}
PROGRAM = {"opt/tool": elf("marker-of-a-program")}
ELF_RULE = """rule new_tool {
    meta: level = "urgent"
    strings: $m = "marker-of-a-program"
    condition: uint32(0) == 0x464c457f and $m
}"""
ANY_RULE = 'rule new_words { meta: level = "warning" strings: $m = "marker-of-a" condition: $m }'


class Bench:
    """Images that are scanned with the rules in use, and the handler wired to the same stores."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.objects = folder, FakeClock(), MemoryObjects()
        self.stores = dynamo_stores(FakeDynamo().client, findings_table="F", index_table="I")
        self.sources, self.starter = FolderSources(folder), FakeStarter()
        self.sets = RuleSets(self.objects)
        self.publish = PublishRules(self.sets, self.clock, RecordChange(self.stores.audit, self.clock))
        self.read: list[str] = []
        self.judged: list[str] = []
        database = starter_database(folder / "database")
        self.assess = AssessImage(
            self.objects,
            self.stores.findings,
            database,
            self.clock,
            self.stores.allow_list,
            self.stores.suppressions,
            self.lists,
        )
        self.record = HuntRecord(self.stores.scans, EndScan(self.stores.scans, self.stores.events, self.clock))

    def analyze(self) -> AnalyzeLayer:
        current = self.sets.current()
        digests = self.lists().need_digests
        compiled, index = rules_in_use(self.sets, current.revision if current else "", self.folder / "rules")
        scanner = RuleScanner(compiled, digests=digests)
        return AnalyzeLayer(
            sources=self.sources,
            objects=self.objects,
            leases=self.stores.layers,
            clock=self.clock,
            selector=Selector(EXTRACTORS),
            scanner=scanner,
            limits=Limits(),
            analyzer=analyzer_version(scanner.revision),
            lease_seconds=900,
            carry=CarryOver(self.objects, index, analyzer_version, scanner.revision, digests),
        )

    def hunt(self) -> HuntSamples:
        analyze = self.analyze()
        assert analyze.scanner is not None
        return HuntSamples(
            self.objects,
            self.stores.catalog,
            self.stores.findings,
            analyze.analyzer,
            analyze.scanner.revision,
            analyze.carry,
            self.lists(),
        )

    def lists(self) -> HashLists:
        current = self.sets.current()
        return self.sets.hashes(current.hashes if current else "")

    def scan(self, repository: str, *layers: dict[str, bytes]) -> ImageId:
        build_layout(self.folder / INSTANCE / repository, list(layers))
        [image] = ResolveImage(self.sources, self.objects, self.stores.settings)(INSTANCE, repository, "")
        analyze = self.analyze()
        for layer in image.layers:
            assert isinstance(analyze(INSTANCE, repository, layer, owner="scan"), LayerRead)
        identifier = ImageId(INSTANCE, repository, image.digest)
        self.assess(identifier, tags=["1"], analyzer=analyze.analyzer)
        self.clock.move(days=1)
        return identifier

    def add_rules(self, *texts: str, name: str = "acme") -> None:
        self.sets.upload(RulePack(PackManifest(name), (RuleSource("rules.yar", "\n".join(texts)),)))

    def analyze_layer(self, event: dict[str, Any], _context: object) -> dict[str, Any]:
        request, analyze = AnalyzeLayerRequest.model_validate(event), self.analyze()
        outcome = analyze(request.instance, request.repository, request.layer.layer, owner=request.owner)
        if not isinstance(outcome, LayerRead):
            return LayerAnswer(status="failed", reason="the registry lost it").model_dump()
        self.read.append(request.repository)
        return LayerAnswer(status="read", analyzer=analyze.analyzer, read_bytes=outcome.read_bytes).model_dump()

    def assess_image(self, event: dict[str, Any], _context: object) -> dict[str, Any]:
        request = AssessImageRequest.model_validate(event)
        self.assess(request.image, tags=[], analyzer=request.analyzer)
        self.stores.scans.add_done(request.scan_id, images=1)
        self.judged.append(request.repository)
        return {"status": "complete"}

    def run(self, monkeypatch: pytest.MonkeyPatch, event: dict[str, Any] | None = None) -> tuple[Any, ScanRecord]:
        """Start a hunt, or go on with ``event``; return its answer and its record."""
        if event is None:
            StartHunt(self.stores.scans, self.starter, self.clock, "hunt")(
                Scope.parse("ALL"), at=self.clock.now(), seed="1"
            )
            event = self.starter.started[-1][1]
        settings = Environment(
            analyze_layer_function="analyze-layer", assess_image_function="assess-image", hunt_samples_function="hunt"
        )
        for name, value in {
            "environment": settings,
            "starter": self.starter,
            "hunt_record": self.record,
            "publish_rules": self.publish,
        }.items():
            monkeypatch.setattr(handler, name, lambda value=value: value)
        monkeypatch.setattr(handler, "hunt_samples", self.hunt)
        with durable_runner(handler.lambda_handler) as runner:
            runner.register_function("analyze-layer", self.analyze_layer)
            runner.register_function("assess-image", self.assess_image)
            result = runner.run(json.dumps(event), execution_timeout=120)
        record = self.stores.scans.get(str(event["hunt"]))
        assert record is not None
        return json.loads(result.result or "null"), record

    def samples(self, image: ImageId) -> dict[str, str]:
        return {item.name: item.level.value for item in self.stores.findings.findings(image)[1]}

    def layers(self, image: ImageId) -> tuple[Layer, ...]:
        return load_image(self.objects, image.digest).layers


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_hunt_reads_only_layers_that_hold_what_a_new_rule_can_fire_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = bench.scan("both", SCRIPT, PROGRAM)
    script = bench.scan("script", SCRIPT, {"etc/motd": b"hello"})
    bench.add_rules(ELF_RULE)
    answer, record = bench.run(monkeypatch)
    assert (bench.read, sorted(bench.judged)) == (["both"], ["both", "script"])
    size = next(layer.size for layer in bench.layers(both) if layer.index == 1)
    assert (answer["status"], answer["bytes"], answer["layers"], answer["judged"]) == ("complete", size, 1, 2)
    assert f"{size} bytes of 1 layers read, 2 layers known without reading" in record.detail
    assert (record.state, record.images, record.images_done) == (ScanState.COMPLETE, 2, 2)
    assert (record.bytes_done, record.layers_done) == (size, 3)
    assert (bench.samples(both), bench.samples(script)) == ({"new_tool": "urgent"}, {})


def test_hunt_goes_through_the_newest_images_first(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "_PAGE", 1)
    images = [bench.scan(name, SCRIPT, {name: b"x"}) for name in ("b", "c", "a")]
    bench.add_rules(ANY_RULE)
    bench.run(monkeypatch)
    assert bench.judged == ["a", "c", "b"]
    # The layer that all of them have is read once, for the newest.
    assert bench.read == ["a"]
    assert all(bench.samples(image) == {"new_words": "warning"} for image in images)


def test_hunt_that_is_begun_again_does_nothing_twice(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.scan("shop", PROGRAM)
    bench.add_rules(ELF_RULE)
    bench.run(monkeypatch)
    bench.clock.move(days=1)
    bench.read.clear()
    bench.judged.clear()
    answer, record = bench.run(monkeypatch)
    assert (bench.read, bench.judged, answer["untouched"]) == ([], [], 1)
    assert (record.state, record.images_done) == (ScanState.COMPLETE, 1)


def test_rule_that_is_taken_away_takes_its_samples_along_and_needs_no_layer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = bench.scan("shop", PROGRAM)
    bench.add_rules(ELF_RULE)
    bench.run(monkeypatch)
    bench.clock.move(days=1)
    bench.read.clear()
    bench.sets.upload(RulePack(PackManifest("acme"), ()))
    bench.run(monkeypatch)
    states = {item.name: item.state.value for item in bench.stores.findings.findings(image)[1]}
    assert (bench.read, states) == ([], {"new_tool": "fixed"})


def test_image_whose_layer_cannot_be_read_keeps_its_report(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    good, lost = bench.scan("good", PROGRAM), bench.scan("lost", {"opt/other": elf("marker-of-a-program", "x")})
    bench.add_rules(ELF_RULE)
    blob = bench.layers(lost)[0].digest.removeprefix("sha256:")
    (bench.folder / INSTANCE / "lost" / "blobs" / "sha256" / blob).unlink()
    before = bench.stores.findings.image(lost)
    answer, record = bench.run(monkeypatch)
    assert (answer["status"], answer["failed"], record.images_done) == ("partial", 1, 2)
    assert "1 left as they were" in record.detail
    assert bench.stores.findings.image(lost) == before
    assert bench.samples(good) == {"new_tool": "urgent"}


def test_hunt_of_many_images_hands_over_and_goes_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "_PAGE", 1)
    monkeypatch.setattr(handler, "_PAGES_AN_EXECUTION", 2)
    for name in ("a", "b", "c"):
        bench.scan(name, {f"opt/{name}": elf("marker-of-a-program", name)})
    bench.add_rules(ELF_RULE)
    answer, record = bench.run(monkeypatch)
    assert (answer, record.state) == ({"status": "running", "start": 2}, ScanState.RUNNING)
    function, following, name = bench.starter.started[-1]
    assert (function, name) == ("hunt", f"{record.id}-2")
    answer, record = bench.run(monkeypatch, dict(following))
    assert (answer["judged"], answer["layers"], record.state) == (3, 3, ScanState.COMPLETE)
    assert bench.judged == ["c", "b", "a"]


def test_page_with_many_layers_to_read_is_shorter(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pratique.services.hunt_samples._MOST_LAYERS", 2)
    for name in ("a", "b", "c"):
        bench.scan(name, {f"opt/{name}": elf("marker-of-a-program", name)})
    bench.add_rules(ELF_RULE)
    answer, record = bench.run(monkeypatch)
    assert (answer["judged"], record.images_done, record.state) == (3, 3, ScanState.COMPLETE)
    assert bench.judged[-1] == "a"


def test_stopped_hunt_judges_no_further_image(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "_PAGE", 1)
    for name in ("a", "b"):
        bench.scan(name, {f"opt/{name}": elf("marker-of-a-program", name)})
    bench.add_rules(ELF_RULE)
    judge = bench.assess_image

    def stop_after(event: dict[str, Any], context: object) -> dict[str, Any]:
        bench.record.end_scan(event["scan_id"], ScanState.STOPPED, "stopped by ann")
        return judge(event, context)

    monkeypatch.setattr(bench, "assess_image", stop_after)
    answer, record = bench.run(monkeypatch)
    assert (bench.judged, answer["status"]) == (["b"], "stopped")
    assert (record.state, record.detail) == (ScanState.STOPPED, "stopped by ann")


def test_hash_list_is_asked_of_reports_and_reads_no_layer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    named, other = bench.scan("named", PROGRAM), bench.scan("other", SCRIPT)
    digest = hashlib.sha256(PROGRAM["opt/tool"]).hexdigest()
    bench.sets.put_hash_text("acme.txt", f"# bad files\n{digest}  Evil.Tool\nnonsense\n")
    answer, _ = bench.run(monkeypatch)
    assert (bench.read, bench.judged) == ([], ["named"])
    assert (answer["bytes"], answer["judged"], answer["untouched"]) == (0, 1, 1)
    assert (bench.samples(named), bench.samples(other)) == ({"Evil.Tool": "urgent"}, {})
    (sample,) = bench.stores.findings.findings(named)[1]
    assert (sample.rules[0].pack, sample.files[0].path) == ("acme.txt", "opt/tool")
    bench.clock.move(days=1)
    bench.judged.clear()
    bench.sets.put_hash_text("acme.txt", "")
    bench.run(monkeypatch)
    assert (bench.judged, [item.state.value for item in bench.stores.findings.findings(named)[1]]) == (
        ["named"],
        ["fixed"],
    )
    bench.clock.move(days=1)
    answer, _ = bench.run(monkeypatch)
    assert answer["untouched"] == 2


def test_layer_without_a_report_is_not_taken_for_one_without_files(bench: Bench) -> None:
    bench.scan("shop", PROGRAM)
    bench.sets.put_hash_text("acme.txt", hashlib.sha256(PROGRAM["opt/tool"]).hexdigest())
    bench.publish()
    bench.objects.delete(list(bench.objects.keys("layers/")))  # as after an upgrade that reads layers in another way
    hunt = bench.hunt()
    hunt.order("1", "ALL")
    plan = hunt.page("1", start=0, length=10)
    assert plan.untouched == 0
    assert [len(each.layers) for each in plan.images] == [1]


def test_first_list_by_md5_reads_layers_once_and_finds_its_files(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    body = PROGRAM["opt/tool"]
    named = bench.scan("named", PROGRAM)
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    bench.sets.put_hash_text("clam.hdb", f"{digest}:{len(body)}:Evil.Tool\n")
    bench.run(monkeypatch)
    assert (bench.read, bench.samples(named)) == (["named"], {"Evil.Tool": "urgent"})
    bench.clock.move(days=1)
    bench.read.clear()
    sha1 = hashlib.sha1(body, usedforsecurity=False).hexdigest()
    bench.sets.put_hash_text("clam.hdb", f"{sha1}:*:Other.Name\n{'a' * 32}:1:Nothing\n")
    bench.run(monkeypatch)
    assert (bench.read, bench.samples(named)) == ([], {"Other.Name": "urgent"})


def test_image_that_is_scanned_later_is_looked_up_in_the_lists_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.sets.put_hash_text("acme.txt", hashlib.sha256(PROGRAM["opt/tool"]).hexdigest())
    bench.run(monkeypatch)
    assert bench.samples(bench.scan("later", PROGRAM)) == {hashlib.sha256(PROGRAM["opt/tool"]).hexdigest(): "urgent"}


def test_rules_that_do_not_compile_are_left_out_and_counted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.scan("shop", PROGRAM)
    bench.add_rules("rule broken { condition: nonsense }", ELF_RULE)
    bench.run(monkeypatch)
    published = bench.publish()
    assert (published.omitted, published.packs, published.made) == (1, 2, False)


def test_event_is_what_the_api_starts(bench: Bench) -> None:
    StartHunt(bench.stores.scans, bench.starter, bench.clock, "hunt")(
        Scope.parse("ALL"), at=bench.clock.now(), seed="1"
    )
    [(_, payload, _)] = bench.starter.started
    assert payload.keys() == sample_event("hunt_samples").keys()
