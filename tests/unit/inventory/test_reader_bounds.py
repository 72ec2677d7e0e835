"""Readers that take too much time or memory, and documents that nest too deep: one file is lost, with its reason."""

from __future__ import annotations

import json
import resource
import signal
import threading
from contextlib import suppress

import pytest

from pratique.archive.limits import Limits, current_limits, in_force
from pratique.errors import ArchiveError, ExtractorError
from pratique.inventory.documents import load_json, load_toml
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.os_release import OS_RELEASE
from pratique.inventory.reader_bounds import FileClock, OutOfTime, memory_bound
from pratique.model.coverage import ReasonCode
from tests.image_builder import layer_tar
from tests.layer_reading import read_blob, read_files
from tests.zip_files import zip_of

_MIB = 1 << 20


def _endless(_path: str, _body: bytes) -> Parsed:
    while True:
        with suppress(Exception):  # a reader that handles every error of its own
            sum(range(1000))


def _greedy(_path: str, _body: bytes) -> Parsed:
    return Parsed(unread=(str(len(bytes(2 << 30))),))


def _reader(parse: object) -> FormatExtractor:
    return FormatExtractor("slow", 1, PathPatterns(basenames=frozenset({"slow"})), parse)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parse", "limits", "words"),
    [
        (_endless, Limits(file_seconds=1), "slow: takes more than 1 s of processor time"),
        (_greedy, Limits(memory_bytes=1024 * _MIB), f"slow: takes more than {1024 * _MIB} bytes of memory"),
    ],
)
def test_a_reader_beyond_a_bound_loses_its_file_and_no_other(parse: object, limits: Limits, words: str) -> None:
    files = layer_tar({"a/slow": b"x", "b/os-release": b"ID=debian\n", "etc/os-release": b"ID=debian\n"})
    found = read_blob(files, extractors=[_reader(parse), OS_RELEASE], limits=limits)
    assert [(one.code, one.path, one.detail) for one in found.reasons] == [
        (ReasonCode.FILE_OVER_LIMIT, "a/slow", words)
    ]
    assert [one.path for one in found.files] == ["etc/os-release"]


def test_bounds_are_gone_after_a_layer() -> None:
    before = signal.getsignal(signal.SIGVTALRM), resource.getrlimit(resource.RLIMIT_DATA)
    read_files({"etc/os-release": b"ID=debian\n"}, limits=Limits(document_depth=3))
    assert (signal.getsignal(signal.SIGVTALRM), resource.getrlimit(resource.RLIMIT_DATA)) == before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert current_limits() == Limits()


def test_a_lower_memory_bound_stays() -> None:
    with memory_bound(2 << 30):
        low = resource.getrlimit(resource.RLIMIT_DATA)
        with memory_bound(3 << 30):
            assert resource.getrlimit(resource.RLIMIT_DATA) == low


def test_a_thread_reads_without_a_clock() -> None:
    answers = []
    clock = FileClock(1)

    def work() -> None:
        other = FileClock(1)
        with other.ready():
            answers.append(other.run(lambda: 7))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert answers == [7]
    with clock.ready(), pytest.raises(OutOfTime):
        clock.run(lambda: _endless("", b""))


def test_a_layer_that_takes_too_long_is_not_read() -> None:
    tar = layer_tar({"etc/os-release": b"ID=debian\n"})
    with pytest.raises(ArchiveError, match="takes more than 0 s"):
        read_blob(tar, limits=Limits(layer_seconds=0))


def _nested(depth: int) -> bytes:
    return b'{"a":' * (depth - 1) + b"[]" + b"}" * (depth - 1)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_documents_nest_as_deep_as_the_limit_and_no_deeper(depth: int) -> None:
    toml = b"a = " + b"[" * (depth - 1) + b"]" * (depth - 1) if depth > 1 else b""
    for load, body in ((load_json, _nested(depth)), (load_toml, toml)):
        with in_force(Limits(document_depth=depth)):
            load(body)
        if depth > 1:
            with in_force(Limits(document_depth=depth - 1)), pytest.raises(ExtractorError, match=f"{depth - 1} deep"):
                load(body)


def test_a_document_deeper_than_the_interpreter_can_is_an_error_too() -> None:
    for load, body in ((load_json, b"[" * 100_000), (load_toml, b"a = " + b"[" * 100_000)):
        with pytest.raises(ExtractorError):
            load(body)


def test_limits_of_a_layer_reach_archives_and_documents_in_it() -> None:
    packages = json.dumps({"packages": [{"name": "a/b", "version": "1"}]}).encode()
    jar = zip_of({})
    for name in ("c.jar", "b.jar"):
        jar = zip_of({name: jar})
    files = {"srv/vendor/composer/installed.json": packages, "srv/a.jar": jar}
    assert not read_files(files).reasons
    told = read_files(files, limits=Limits(document_depth=2, archive_depth=1)).reasons
    assert {(one.code, one.path) for one in told} == {(ReasonCode.FILE_UNREADABLE, path) for path in files}
    assert [one.detail.rpartition("more than ")[2] for one in told] == ["2 deep", "1 archives deep"]
