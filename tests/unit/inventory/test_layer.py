from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Sequence

import pytest
import zstandard

from pratique.archive.limits import Limits
from pratique.errors import ArchiveError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.coverage import LeftOut, LeftOutFiles, ReasonCode
from pratique.model.inventory import LayerReport
from pratique.model.package import Package, PackageType
from pratique.model.sample import FileMatch, FileType, Level, RuleMatch, ScannedFile
from pratique.ports.file_scanner import FileScan, OfferedFile
from tests.executable_files import elf, go_inline
from tests.fakes.scanner import FakeScanner
from tests.image_builder import Entry, folder_entry, layer_tar, link
from tests.layer_reading import paths_of, read_blob, read_files, sha256

_STATUS = b"Package: zlib1g\nStatus: install ok installed\nVersion: 1:1.2.13\nArchitecture: amd64\n"
_METADATA = b"Metadata-Version: 2.1\nName: Flask\nVersion: 2.0.0\n"
_DPKG = "var/lib/dpkg/status"


class _Scanner:
    """Finds every file that holds ``EVIL``; fails on those that hold ``SLOW``."""

    revision = "rules-1"
    max_bytes = 1000

    def wants(self, path: str, size: int, head: bytes) -> bool:
        return path.endswith(".sh") or head.startswith(b"#!")

    def scan(self, files: Sequence[OfferedFile]) -> list[FileScan]:
        return [self._scan(file.path, file.mode, file.body) for file in files]

    def _scan(self, path: str, mode: int, body: bytes) -> FileScan:
        file = ScannedFile(path, sha256(body).partition(":")[2], len(body), FileType.SCRIPT, mode)
        if b"SLOW" in body:
            return FileScan((file,), reasons=((ReasonCode.RULE_TIMED_OUT, "the rules took more than 1 s"),))
        rule = RuleMatch("evil", "test", Level.URGENT, "evil")
        matches = (FileMatch(path, file.sha256, file.size, (rule,)),) if b"EVIL" in body else ()
        return FileScan((file,), matches)


def _packages(report: LayerReport) -> dict[str, list[str]]:
    return {file.path: [f"{one.name} {one.version}" for one in file.packages] for file in report.files}


def _codes(report: LayerReport) -> list[tuple[ReasonCode, str]]:
    return [(reason.code, reason.path) for reason in report.reasons]


@pytest.mark.parametrize("compress", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_layer_is_read_in_each_compression(compress: object) -> None:
    assert callable(compress)
    tar = layer_tar({_DPKG: _STATUS, "usr": folder_entry(), "lib": link("usr/lib"), "etc/.wh.motd": b""})
    blob = compress(tar)
    report = read_blob(blob, tar)
    assert _packages(report) == {_DPKG: ["zlib1g 1:1.2.13"]}
    assert set(paths_of(report)) == {_DPKG, "lib"}
    assert report.folders == ("usr",)
    assert report.links == (("lib", "usr/lib"),)
    assert report.whiteouts == ("etc/motd",)
    assert (report.compressed_bytes, report.expanded_bytes) == (len(blob), len(tar))
    assert report.reasons == ()


def test_content_that_is_not_the_diff_ids_gives_no_report() -> None:
    with pytest.raises(ArchiveError, match="diff ID"):
        read_blob(layer_tar({_DPKG: _STATUS}), b"something else")


@pytest.mark.parametrize("cut", [5, 100, 2000])
def test_a_blob_cut_short_gives_no_report(cut: int) -> None:
    tar = layer_tar({"large": bytes(range(256)) * 400})
    for blob in (gzip.compress(tar), zstandard.ZstdCompressor().compress(tar), tar):
        with pytest.raises(ArchiveError):
            read_blob(blob[:-cut] if cut < len(blob) else blob[:5], tar)


def test_a_tar_damaged_behind_its_first_entries_is_read_up_to_there() -> None:
    tar = layer_tar({_DPKG: _STATUS})[:1024] + b"damage" * 200
    report = read_blob(gzip.compress(tar), tar)
    assert _packages(report) == {_DPKG: ["zlib1g 1:1.2.13"]}
    assert _codes(report) == [(ReasonCode.LAYER_UNREADABLE, "")]
    assert report.reasons[0].layer == report.diff_id


def test_bytes_behind_the_archives_end_belong_to_the_content() -> None:
    tar = layer_tar({_DPKG: _STATUS}) + b"anything" * 1000
    assert read_blob(gzip.compress(tar), tar).reasons == ()


def test_a_tar_over_a_limit_is_read_up_to_there() -> None:
    report = read_files({_DPKG: _STATUS, "a": b"", "b": b""}, limits=Limits(entries=2))
    assert _packages(report) == {_DPKG: ["zlib1g 1:1.2.13"]}
    assert _codes(report) == [(ReasonCode.LAYER_OVER_LIMIT, "")]


def test_an_expansion_over_the_limit_gives_no_report() -> None:
    tar = layer_tar({"zeros": bytes(3_000_000)})
    with pytest.raises(ArchiveError, match="expands"):
        read_blob(gzip.compress(tar), tar, limits=Limits(ratio_free_bytes=1_000_000))


def test_a_file_that_cannot_be_read_is_a_reason_and_the_layer_goes_on() -> None:
    report = read_files({"a/package.json": b"{", "b.dist-info/METADATA": _METADATA})
    assert _packages(report) == {"b.dist-info/METADATA": ["Flask 2.0.0"]}
    assert _codes(report) == [(ReasonCode.FILE_UNREADABLE, "a/package.json")]


def test_a_file_over_the_limit_is_a_reason() -> None:
    report = read_files({_DPKG: _STATUS * 100}, limits=Limits(file_bytes=1000))
    assert _codes(report) == [(ReasonCode.FILE_OVER_LIMIT, _DPKG)]


def test_entries_outside_the_root_are_refused_with_a_reason() -> None:
    report = read_files({"../../etc/shadow": b"", f"x/../../{_DPKG}": _STATUS, f"/{_DPKG}": _STATUS})
    assert paths_of(report) == (_DPKG,)
    assert _codes(report) == [
        (ReasonCode.ENTRY_REFUSED, "../../etc/shadow"),
        (ReasonCode.ENTRY_REFUSED, f"x/../../{_DPKG}"),
    ]


def test_reasons_of_one_code_are_bounded() -> None:
    report = read_files({f"../{number}": b"" for number in range(30)}, limits=Limits(reasons=10))
    assert len(report.reasons) == 11
    assert report.reasons[-1].detail == "and 20 more like these"


def test_whiteouts_are_told_apart() -> None:
    report = read_files(
        {
            "a/.wh.b": b"",
            "c/.wh..wh..opq": b"",
            ".wh..wh.plnk/1": b"",
            ".wh..wh.aufs": b"",
            ".wh.": b"",
            "d/.wh...": b"",
        }
    )
    assert report.whiteouts == ("a/b",)
    assert report.opaques == ("c",)
    assert paths_of(report) == (".wh..wh.plnk/1",)
    assert _codes(report) == [(ReasonCode.ENTRY_REFUSED, ".wh."), (ReasonCode.ENTRY_REFUSED, "d/.wh...")]


def test_a_later_entry_replaces_an_earlier_one() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for version in (b"1.0", b"2.0"):
            body = _METADATA.replace(b"2.0.0", version)
            member = tarfile.TarInfo("a.dist-info/METADATA")
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    assert _packages(read_blob(stream.getvalue())) == {"a.dist-info/METADATA": ["Flask 2.0"]}


def test_a_file_in_a_folders_place_takes_all_that_was_below_it() -> None:
    report = read_files({"a/b.dist-info/METADATA": _METADATA, "a/c": folder_entry(), "ab": b"", "a": b"file"})
    assert set(paths_of(report)) == {"ab", "a"}
    assert report.folders == ()
    assert report.files == ()


def test_a_folder_takes_the_place_of_a_link() -> None:
    report = read_files({"lib": link("usr/lib"), "lib/": folder_entry(), f"lib/../{_DPKG}": _STATUS, "lib/x": b""})
    assert report.links == ()
    assert set(paths_of(report)) == {_DPKG, "lib/x"}


def test_entries_below_a_link_lie_where_it_leads() -> None:
    report = read_files({"var/lib": link("/opt/state/"), "opt/state": link("../var/real"), "var/lib/dpkg/x": b""})
    assert set(paths_of(report)) == {"var/lib", "opt/state", "var/real/dpkg/x"}
    merged = read_files({"lib": link("usr/lib"), "lib/apk/db/installed": b"P:musl\nV:1.2.4-r2\n\n"})
    assert _packages(merged) == {"usr/lib/apk/db/installed": ["musl 1.2.4-r2"]}


def test_links_in_circles_and_paths_below_files_are_refused() -> None:
    report = read_files({"a": link("b"), "b": link("a"), "a/x": b"", "f": b"", "f/y": b"", "f/z/x": b"", "f/z/y": b""})
    assert set(paths_of(report)) == {"a", "b", "f"}
    assert _codes(report) == [(ReasonCode.ENTRY_REFUSED, path) for path in ("a/x", "f/y", "f/z/x", "f/z/y")]


def test_links_and_devices_where_databases_are_expected_are_not_read() -> None:
    report = read_files({_DPKG: link("/proc/self/environ"), "etc/os-release": Entry(kind=tarfile.FIFOTYPE)})
    assert report.files == ()
    assert set(paths_of(report)) == {_DPKG, "etc/os-release"}


def test_a_hard_link_has_the_content_of_its_target() -> None:
    report = read_files(
        {
            "a.dist-info/METADATA": _METADATA,
            "b.dist-info/METADATA": link("./a.dist-info/METADATA", hard=True),
            "c.dist-info/METADATA": link("b.dist-info/METADATA", hard=True),
        }
    )
    assert _packages(report) == {f"{name}.dist-info/METADATA": ["Flask 2.0.0"] for name in "abc"}


def test_a_hard_link_to_a_kept_file_is_read_by_another_extractor() -> None:
    report = read_files({"a/package.json": _STATUS, _DPKG: link("a/package.json", hard=True)})
    assert _packages(report) == {_DPKG: ["zlib1g 1:1.2.13"]}


def test_a_wanted_hard_link_to_a_file_that_went_by_is_a_reason() -> None:
    report = read_files({"objects/1": _STATUS, _DPKG: link("objects/1", hard=True)})
    assert _codes(report) == [(ReasonCode.FILE_UNREADABLE, _DPKG)]
    without_room = read_files(
        {"a/package.json": b"{}", _DPKG: link("a/package.json", hard=True)}, limits=Limits(kept_bytes=1)
    )
    assert _codes(without_room) == [(ReasonCode.FILE_UNREADABLE, _DPKG)]


def test_no_large_file_is_kept_for_another_extractor() -> None:
    large = b" " * (2 << 20) + b"{}"
    report = read_files({"a/package.json": large, _DPKG: link("a/package.json", hard=True)})
    assert _codes(report) == [(ReasonCode.FILE_UNREADABLE, _DPKG)]


def test_a_large_file_is_kept_for_the_scanner_that_left_it_out() -> None:
    large = b" " * (2 << 20) + b"{}"
    seen = []

    def scan(path: str, _mode: int, body: bytes) -> FileScan:
        seen.append((path, len(body)))
        return FileScan(())

    scanner = FakeScanner(".sh", max_bytes=4 << 20, scanned=scan)
    report = read_files({"a/package.json": large, "run.sh": link("a/package.json", hard=True)}, scanner=scanner)
    assert seen == [("run.sh", len(large))]
    assert report.reasons == ()


def test_a_program_is_read_once_for_all_its_hard_links_and_not_kept() -> None:
    modules = "dep\texample.com/net\tv0.1.0\t\n"
    program = elf({".text": b"code" * 99, ".go.buildinfo": go_inline("go1.20.7", modules)})
    report = read_files({"bin/a": program, "bin/b": link("bin/a", hard=True), "x.jar": link("bin/a", hard=True)})
    assert [one.path for one in report.files] == ["bin/a", "bin/b", "x.jar"]
    assert len({one.packages for one in report.files}) == 1
    assert [(one.code, one.path) for one in report.reasons] == [(ReasonCode.FILE_UNREADABLE, "x.jar")]


def test_a_hard_link_to_nothing_is_refused() -> None:
    report = read_files({_DPKG: link("nowhere", hard=True), "a": link("../x", hard=True)})
    assert paths_of(report) == ()
    assert _codes(report) == [(ReasonCode.ENTRY_REFUSED, _DPKG), (ReasonCode.ENTRY_REFUSED, "a")]


def test_a_hard_link_to_a_symbolic_link_is_one() -> None:
    report = read_files({"a": link("usr/lib"), "b": link("a", hard=True)})
    assert report.links == (("a", "usr/lib"), ("b", "usr/lib"))


def test_the_scanner_sees_what_it_wants() -> None:
    report = read_files(
        {
            "x.sh": b"EVIL",
            "bin/tool": b"#!/bin/sh\nEVIL",
            "plain": b"EVIL",
            "link.sh": link("x.sh", hard=True),
            "empty.sh": b"",
            "slow.sh": b"SLOW",
            "big.sh": b"EVIL" * 300,
            "late.sh": link("plain", hard=True),
        },
        scanner=_Scanner(),
    )
    assert [match.path for match in report.matches] == ["x.sh", "bin/tool", "link.sh"]
    assert (report.files_scanned, report.bytes_scanned, report.rules_revision) == (3, 22, "rules-1")
    assert [(file.path, file.size) for file in report.scanned] == [
        ("x.sh", 4), ("bin/tool", 14), ("link.sh", 4), ("slow.sh", 4),
    ]  # fmt: skip
    assert report.left_out == (
        LeftOutFiles(LeftOut.NOT_SELECTED, files=1, bytes=4),
        LeftOutFiles(LeftOut.OVER_LIMIT, files=1, bytes=1200),
    )
    assert _codes(report) == [
        (ReasonCode.FILE_OVER_LIMIT, "big.sh"),
        (ReasonCode.MALWARE_NOT_SCANNED, "late.sh"),
        (ReasonCode.RULE_TIMED_OUT, "slow.sh"),
    ]


class _Grouped(_Scanner):
    """Keeps the paths that it is given together."""

    max_bytes = 4 << 20

    def __init__(self) -> None:
        self.groups: list[list[str]] = []

    def scan(self, files: Sequence[OfferedFile]) -> list[FileScan]:
        self.groups.append([file.path for file in files])
        return super().scan(files)


def test_files_are_scanned_together_up_to_a_number_and_a_size() -> None:
    scanner = _Grouped()
    small = {f"{number:03}.sh": b"x" for number in range(257)}
    report = read_files({**small, "y.sh": b"y", "z.sh": b"z" * (2 << 20), "zz.sh": b"EVIL"}, scanner=scanner)
    assert [len(group) for group in scanner.groups] == [256, 3, 1]
    assert [file.path for file in report.scanned] == [*small, "y.sh", "z.sh", "zz.sh"]
    assert [match.path for match in report.matches] == ["zz.sh"]


def test_a_file_that_is_replaced_while_it_waits_is_counted_and_no_more() -> None:
    tar = layer_tar({"a.sh": b"EVIL", "b.sh": b"EVIL"}).rstrip(b"\0")
    tar += bytes(-len(tar) % 512) + layer_tar({"a.sh": b"good", "c.sh": link("b.sh", hard=True)})
    report = read_blob(tar, scanner=_Grouped())
    assert [match.path for match in report.matches] == ["b.sh", "c.sh"]
    assert [file.path for file in report.scanned] == ["b.sh", "a.sh", "c.sh"]
    assert report.files_scanned == 3


def _together(path: str, body: bytes, companions: object) -> Parsed:
    assert isinstance(companions, dict)
    version = "+".join([body.decode(), *(f"{end}={more.decode()}" for end, more in companions.items())])
    return Parsed.of([Package(PackageType.RPM, path, version)])


_PAIRED = FormatExtractor(
    name="paired",
    version=1,
    paths=PathPatterns(exact=frozenset({"db"})),
    parse=lambda path, body: _together(path, body, {}),
    companions=("-wal",),
    parse_together=_together,
)


@pytest.mark.parametrize("order", [("db", "db-wal"), ("db-wal", "db")])
def test_companions_are_given_together_in_whatever_order_they_come(order: tuple[str, ...]) -> None:
    report = read_blob(layer_tar({path: path.encode() for path in order}), extractors=[_PAIRED])
    assert _packages(report) == {"db": ["db db+-wal=db-wal"]}


def test_a_database_without_companion_is_read_alone() -> None:
    assert _packages(read_blob(layer_tar({"db": b"x"}), extractors=[_PAIRED])) == {"db": ["db x"]}


def test_a_companion_without_its_database_is_a_reason_unless_it_is_empty() -> None:
    assert _codes(read_blob(layer_tar({"db-wal": b"x"}), extractors=[_PAIRED])) == [
        (ReasonCode.FILE_UNREADABLE, "db-wal")
    ]
    assert read_blob(layer_tar({"db-wal": b""}), extractors=[_PAIRED]).reasons == ()


def test_an_error_that_is_no_extractors_own_is_not_swallowed() -> None:
    def broken(_path: str, _body: bytes) -> Parsed:
        raise AssertionError("a bug")

    extractor = FormatExtractor(name="broken", version=1, paths=PathPatterns(exact=frozenset({"f"})), parse=broken)
    with pytest.raises(AssertionError, match="a bug"):
        read_blob(layer_tar({"f": b""}), extractors=[extractor])


def test_a_reader_is_read_to_its_end() -> None:
    class Counting(io.BytesIO):
        ended = False

        def read(self, size: int | None = -1, /) -> bytes:
            body = super().read(size)
            self.ended = not body
            return body

    from pratique.inventory.extractor import Selector
    from pratique.inventory.layer import read_layer
    from pratique.model.digest import DiffId, Digest

    tar = layer_tar({_DPKG: _STATUS})
    reader = Counting(gzip.compress(tar))
    told: list[int] = []
    read_layer(
        reader,
        digest=Digest("sha256:" + "0" * 64),
        diff_id=DiffId(sha256(tar)),
        media_type="",
        selector=Selector([]),
        scanner=None,
        limits=Limits(),
        analyzer_version="x",
        progress=told.append,
    )
    assert reader.ended
    assert sum(told) == len(reader.getvalue())
