"""Selection is data; extraction has one typed error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns, Selector, is_executable
from pratique.inventory.extractors import EXTRACTORS, LOCK_FILE_EXTRACTORS, analyzer_version
from pratique.model.package import Package, PackageType

_PACKAGE = Package(PackageType.NPM, "a", "1")


def _extractor(paths: PathPatterns, name: str = "one", version: int = 1) -> FormatExtractor:
    return FormatExtractor(name, version, paths, lambda _path, _body: Parsed.of([_PACKAGE, _PACKAGE]), max_bytes=10)


@pytest.mark.parametrize(
    ("patterns", "path", "wanted"),
    [
        (PathPatterns(exact=frozenset({"etc/os-release"})), "etc/os-release", True),
        (PathPatterns(exact=frozenset({"etc/os-release"})), "opt/etc/os-release", False),
        (PathPatterns(basenames=frozenset({"package.json"})), "a/b/package.json", True),
        (PathPatterns(basenames=frozenset({"package.json"})), "package.json", True),
        (PathPatterns(basenames=frozenset({"package.json"})), "a/package.json/b", False),
        (PathPatterns(suffixes=(".deps.json",)), "app/x.deps.json", True),
        (PathPatterns(suffixes=(".deps.json",)), "app/x.json", False),
        (PathPatterns(folders=frozenset({"var/lib/dpkg/status.d"})), "var/lib/dpkg/status.d/base", True),
        (PathPatterns(folders=frozenset({"var/lib/dpkg/status.d"})), "var/lib/dpkg/status.d/base/x", False),
        (PathPatterns(suffixes=(".list",), folders=frozenset({"var/lib/dpkg/info"})), "var/lib/dpkg/info/a.list", True),
        (PathPatterns(suffixes=(".list",), folders=frozenset({"var/lib/dpkg/info"})), "var/lib/a.list", False),
        (PathPatterns(basenames=frozenset({"METADATA"}), within=(".dist-info",)), "x/a-1.dist-info/METADATA", True),
        (PathPatterns(basenames=frozenset({"METADATA"}), within=(".dist-info",)), "x/a-1/METADATA", False),
        (PathPatterns(suffixes=(".json",), within=("/conda-meta",)), "conda-meta/a.json", True),
        (PathPatterns(suffixes=(".json",), within=("/conda-meta",)), "myconda-meta/a.json", False),
    ],
)
def test_patterns_and_selector_agree_on(patterns: PathPatterns, path: str, wanted: bool) -> None:
    extractor = _extractor(patterns)
    assert extractor.wants(path) is wanted
    assert Selector([extractor]).select(path) == ((extractor,) if wanted else ())


PARTS = st.text("ab.-", min_size=1, max_size=3).filter(lambda part: part not in {".", ".."})
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
PATTERNS = st.builds(
    PathPatterns,
    basenames=st.frozensets(PARTS, max_size=2),
    suffixes=st.lists(PARTS.map(lambda part: f".{part}"), max_size=2).map(tuple),
    exact=st.frozensets(PATHS, max_size=2),
    folders=st.frozensets(PATHS, max_size=2),
    within=st.lists(PARTS, max_size=1).map(tuple),
)


@given(patterns=st.lists(PATTERNS, min_size=1, max_size=3), path=PATHS)
def test_selector_chooses_whoever_wants_the_path(patterns: list[PathPatterns], path: str) -> None:
    extractors = [_extractor(one, name=str(number)) for number, one in enumerate(patterns)]
    chosen = Selector(extractors).select(path)
    assert sorted(one.name for one in chosen) == [one.name for one in extractors if one.wants(path)]


@pytest.mark.parametrize(
    ("head", "executable"),
    [
        (b"\x7fELF\x02\x01\x01\x00", True),
        (b"MZ\x90\x00\x03\x00\x00\x00", True),
        (b"\xcf\xfa\xed\xfe\x07\x00\x00\x01", True),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x02", True),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x34", False),
        (b"#!/bin/s", False),
        (b"", False),
    ],
)
def test_executable_is_told_by_its_first_bytes(head: bytes, executable: bool) -> None:
    assert is_executable(head) is executable


def test_selector_offers_executables_by_content_only_and_once() -> None:
    extractor = _extractor(PathPatterns(suffixes=(".exe",), executables=True))
    selector = Selector([extractor])
    assert selector.select("usr/bin/x") == ()
    assert selector.select("usr/bin/x", b"\x7fELF\x02\x01\x01\x00") == (extractor,)
    assert selector.select("x.exe", b"MZ\x90\x00\x03\x00\x00\x00") == (extractor,)
    assert selector.smallest_told_by_head <= 1000
    assert selector.smallest_told_by_head > 10


def test_extract_gives_each_package_once_with_path_and_name() -> None:
    read = _extractor(PathPatterns()).extract("a/b", b"")
    assert (read.path, read.extractor, read.packages) == ("a/b", "one", (_PACKAGE,))


def test_extract_refuses_more_than_its_limit() -> None:
    with pytest.raises(ExtractorError, match="over the limit") as caught:
        _extractor(PathPatterns()).extract("a/b", bytes(11))
    assert caught.value.path == "a/b"


def test_extract_turns_malformed_bytes_into_its_one_error() -> None:
    def parse(_path: str, body: bytes) -> Parsed:
        return Parsed.of([Package(PackageType.NPM, str(body[3]), "")])

    with pytest.raises(ExtractorError, match="IndexError"):
        FormatExtractor("one", 1, PathPatterns(), parse).extract("a", b"")


def test_extractors_have_unique_names() -> None:
    names = [one.name for one in (*EXTRACTORS, *LOCK_FILE_EXTRACTORS)]
    assert len(names) == len(set(names))


def test_analyzer_version_changes_with_extractors_and_rules_and_not_with_their_order() -> None:
    first, second = _extractor(PathPatterns()), _extractor(PathPatterns(), name="two")
    newer = _extractor(PathPatterns(), version=2)
    versions = {
        analyzer_version("r1", [first, second]),
        analyzer_version("r2", [first, second]),
        analyzer_version("r1", [newer, second]),
        analyzer_version("r1", [first]),
    }
    assert len(versions) == 4
    assert analyzer_version("r1", [second, first]) == analyzer_version("r1", [first, second])
    assert len(analyzer_version("")) == 16
