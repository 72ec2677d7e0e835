"""For every fault that can be ordered: what was lost is told, or nothing was lost.

The image is one that a fault-free scan ends ``complete`` on, with one finding.  After a fault the same status without
that finding, or ``complete`` while something was left out, would be a silent clean.
"""

from __future__ import annotations

import dataclasses
import signal
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from msgspec import structs

from pratique.advisories.database import SqliteDatabase
from pratique.advisories.sources import SOURCES, Source
from pratique.archive.limits import Limits
from pratique.errors import ExtractorError
from pratique.inventory.extractor import Extractor
from pratique.inventory.extractors import EXTRACTORS
from pratique.malware.isolated_matcher import IsolatedMatcher
from pratique.malware.matcher import FileToMatch, Matched
from pratique.malware.routes import Route
from pratique.matching.matcher import match
from pratique.model.coverage import Reason, ReasonCode, ScanStatus
from pratique.model.inventory import FileInventory, ImageInventory, LayerReport
from pratique.model.package import PackageType
from pratique.ports.advisories import AdvisoryDatabase, AdvisoryRevision, SourceState
from pratique.ports.file_scanner import FileScan
from pratique.services.assess_image import assess
from pratique.versions.ecosystems import SCHEME_OF_ECOSYSTEM
from tests.advisory_files import MOMENT, database_of, installed, record
from tests.fakes.clock import FakeClock
from tests.fakes.scanner import FakeScanner
from tests.image_builder import layer_tar
from tests.layer_reading import layers_of, read_blob, read_files
from tests.property.flawed_image import FILES, FLAW, STATUS, flawed_database
from tests.property.format_samples import SAMPLES, sample_path

QUIET = FakeScanner()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabase:
    return flawed_database(tmp_path_factory.mktemp("database"))


def assessed(
    *reports: LayerReport | None, database: AdvisoryDatabase
) -> tuple[ScanStatus, tuple[Reason, ...], set[str]]:
    image = mock.Mock(layers=layers_of(reports))
    report, _ = assess(image, reports, database, now=FakeClock().now())
    return report.status, report.coverage.reasons, {one.vulnerability.id for one in report.vulnerabilities}


def told(report: LayerReport | None, database: AdvisoryDatabase) -> set[tuple[ReasonCode, str]]:
    """Return the reasons as code and path, after the status was seen to be another than ``complete``."""
    status, reasons, _ = assessed(read_files(FILES, scanner=QUIET), report, database=database)
    assert status is not ScanStatus.COMPLETE
    return {(reason.code, reason.path) for reason in reasons}


def test_without_a_fault_the_image_is_complete(database: SqliteDatabase) -> None:
    assert assessed(read_files(FILES, scanner=QUIET), database=database) == (ScanStatus.COMPLETE, (), {FLAW})


# ---------------------------------------------------------------- extractors


@dataclasses.dataclass(frozen=True)
class Refusing:
    """An extractor that can read nothing, or nothing of more than ``max_bytes``."""

    inner: Extractor
    max_bytes: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def extract(self, path: str, _body: bytes, _companions: object = None) -> FileInventory:
        raise ExtractorError(f"{self.inner.name}: nothing can be read", path=path)


@pytest.mark.parametrize("most", [1 << 30, 1], ids=["unreadable", "over-limit"])
@pytest.mark.parametrize("extractor", EXTRACTORS, ids=lambda one: one.name)
def test_extractor_that_fails(extractor: Extractor, most: int, database: SqliteDatabase) -> None:
    path, body = sample_path(extractor), SAMPLES[extractor.name][0]
    tar = layer_tar({path: body + bytes(512) if extractor.paths.executables else body})
    failing: Any = Refusing(extractor, most)
    code = ReasonCode.FILE_UNREADABLE if most > 1 else ReasonCode.FILE_OVER_LIMIT
    assert (code, path) in told(read_blob(tar, extractors=[failing], scanner=QUIET), database)


# ---------------------------------------------------------------- layers


def cut(body: bytes) -> bytes:
    return layer_tar({"a": body * 400, "b": body * 400})[:1500]


@pytest.mark.parametrize(
    ("files", "limits", "code"),
    [
        (None, {}, ReasonCode.LAYER_NOT_READ),
        (cut(b"text"), {}, ReasonCode.LAYER_UNREADABLE),
        (b"\xff" * 2048, {}, ReasonCode.LAYER_UNREADABLE),
        ({"a": b"1", "b": b"2"}, {"entries": 1}, ReasonCode.LAYER_OVER_LIMIT),
        ({"../../etc/passwd": b"1"}, {}, ReasonCode.ENTRY_REFUSED),
        ({"/".join("abcdef"): b"1"}, {"path_depth": 3}, ReasonCode.ENTRY_REFUSED),
        ({"a" * 90: b"1"}, {"path_bytes": 50}, ReasonCode.ENTRY_REFUSED),
        (FILES, {"file_bytes": 5}, ReasonCode.FILE_OVER_LIMIT),
    ],
)  # fmt: skip
def test_layer_that_is_not_read_whole(
    files: dict[str, bytes] | bytes | None, limits: dict[str, int], code: ReasonCode, database: SqliteDatabase
) -> None:
    report = None
    if files is not None:
        tar = files if isinstance(files, bytes) else layer_tar(files)
        report = read_blob(tar, scanner=QUIET, limits=Limits(**limits))
    assert code in {found for found, _ in told(report, database)}


# ---------------------------------------------------------------- malware detectors


class Dying:
    """A matcher that ends its process, or hangs."""

    def __init__(self, how: Callable[[], object]) -> None:
        self._how = how

    def match(self, _file: FileToMatch, _body: bytes | memoryview) -> Matched:
        self._how()
        return Matched(())

    def close(self) -> None:
        pass


def kill() -> None:
    signal.raise_signal(signal.SIGKILL)


def hang() -> None:
    signal.pause()


@pytest.mark.parametrize(
    ("how", "code"), [(kill, ReasonCode.SCANNER_CRASHED), (hang, ReasonCode.RULE_TIMED_OUT)], ids=["killed", "hung"]
)
def test_matcher_that_is_lost(how: Callable[[], object], code: ReasonCode, database: SqliteDatabase) -> None:
    matcher = IsolatedMatcher(Dying(how), grace_seconds=0.1)

    def scan(_path: str) -> FileScan:
        return FileScan((), reasons=matcher.match(FileToMatch({}, Route.OTHER, (0,), 0.1), b"body").reasons)

    report = read_files({"tool.sh": b"#!/bin/sh\n"}, scanner=FakeScanner(".sh", scan))
    assert (code, "tool.sh") in told(report, database)


@pytest.mark.parametrize(
    "code", [ReasonCode.SCANNER_CRASHED, ReasonCode.RULE_TIMED_OUT, ReasonCode.MALWARE_NOT_SCANNED]
)
def test_scanner_that_says_what_it_left_out(code: ReasonCode, database: SqliteDatabase) -> None:
    scanner = FakeScanner(".sh", lambda _path: FileScan((), reasons=((code, "left out"),)))
    assert (code, "tool.sh") in told(read_files({"tool.sh": b"#!/bin/sh\n"}, scanner=scanner), database)


def test_file_that_is_too_large_for_the_scanner(database: SqliteDatabase) -> None:
    report = read_files({"tool.sh": b"#!/bin/sh\n"}, scanner=FakeScanner(".sh", max_bytes=3))
    assert (ReasonCode.FILE_OVER_LIMIT, "tool.sh") in told(report, database)


def test_layer_that_no_detector_looked_at(database: SqliteDatabase) -> None:
    assert (ReasonCode.RULES_MISSING, "") in told(read_files({"tool.sh": b"#!/bin/sh\n"}), database)


# ---------------------------------------------------------------- advisories


class Altered:
    """A database whose revision tells other things of its sources, or that knows fewer ecosystems."""

    def __init__(self, inner: AdvisoryDatabase, known: frozenset[str] | None = None, **changes: Any) -> None:
        self._inner = inner
        self._known = known
        self.revision: AdvisoryRevision = structs.replace(inner.revision, **changes)

    def ecosystems(self) -> frozenset[str]:
        return self._inner.ecosystems() if self._known is None else self._known

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def about(source: Source) -> str:
    """An ecosystem, with a release, that ``source`` speaks about."""
    base = min(source.ecosystems, default="Debian")
    return f"{base}:{source.release or '12'}" if base in SYSTEMS else base


SYSTEMS = {
    name for name, scheme in SCHEME_OF_ECOSYSTEM.items() if scheme in {"deb", "apk", "rpm"}
}  # fmt: skip


@pytest.mark.parametrize("records", [0, 5], ids=["absent", "stale"])
@pytest.mark.parametrize("source", [one for one in SOURCES if one.ecosystems], ids=lambda one: one.name)
def test_feed_that_is_absent_or_stale(source: Source, records: int, database: SqliteDatabase) -> None:
    ecosystem = about(source)
    state = SourceState(source.name, records, 0, MOMENT if records else "", stale=True, problem="it cannot be reached")
    kind = PackageType.DEB if ecosystem.partition(":")[0] in SYSTEMS else PackageType.PYPI
    inventory = ImageInventory(None, (installed(kind, "a", "1", ecosystem),), (), (), ())
    for known in (frozenset({ecosystem}), frozenset[str]()):
        altered: Any = Altered(database, known, sources=(state,))
        codes = {reason.code for reason in match(inventory, altered).reasons}
        missing = {ReasonCode.ECOSYSTEM_WITHOUT_DATA, ReasonCode.DISTRIBUTION_WITHOUT_DATA}
        assert codes & ({ReasonCode.ADVISORIES_STALE} if known else {ReasonCode.ADVISORIES_STALE, *missing})


@pytest.mark.parametrize("changes", [{"starter": True}, {"known": frozenset()}], ids=["starter", "empty"])
def test_advisories_that_cannot_vouch(changes: dict[str, Any], database: SqliteDatabase) -> None:
    altered: Any = Altered(database, **changes)
    status, reasons, _ = assessed(read_files(FILES, scanner=QUIET), database=altered)
    assert status is not ScanStatus.COMPLETE
    assert reasons


@pytest.mark.parametrize("version", ["", "not a version", "\x00\xff", "9" * 3000, "1:2:3:4", "..", "-", "∞"])
@pytest.mark.parametrize("ecosystem", sorted(SCHEME_OF_ECOSYSTEM))
def test_version_that_cannot_be_compared(ecosystem: str, version: str, bounds: dict[str, SqliteDatabase]) -> None:
    """Below the fixed version, not decided, or above it: then the same version is below a higher bound."""
    base = f"{ecosystem}:12" if ecosystem in SYSTEMS else ecosystem
    kind = PackageType.DEB if ecosystem in SYSTEMS else PackageType.PYPI
    inventory = ImageInventory(None, (installed(kind, "a", version, base),), (), (), ())
    outcome = [match(inventory, bounds[side]) for side in ("from", "before")]
    assert any(result.vulnerabilities or result.reasons for result in outcome)


@pytest.fixture(scope="module")
def bounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SqliteDatabase]:
    """Two databases that speak about ``a``: one of versions from 1 on, one of those before."""
    sides = {"from": [{"introduced": "1"}], "before": [{"introduced": "0"}, {"fixed": "1"}]}
    made = {}
    for side, events in sides.items():
        records = [
            record(f"CVE-{index}", f"{one}:12" if one in SYSTEMS else one, "a", events)
            for index, one in enumerate(sorted(SCHEME_OF_ECOSYSTEM))
        ]
        made[side] = database_of(tmp_path_factory.mktemp(side), *records)
    return made


@pytest.mark.parametrize("release", [None, b"", b"ID=unheard\nVERSION_ID=1\n", b"ID=debian\nVERSION_ID=99\n", b"\xff"])
def test_distribution_that_is_not_known(release: bytes | None, database: SqliteDatabase) -> None:
    files = {"var/lib/dpkg/status": STATUS} | ({} if release is None else {"etc/os-release": release})
    status, reasons, _ = assessed(read_files(files, scanner=QUIET), database=database)
    assert status is not ScanStatus.COMPLETE
    assert reasons
