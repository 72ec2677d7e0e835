"""rpm databases of all three formats, in files built here and by SQLite itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.extractor import Extractor
from pratique.inventory.rpm import RPM_BDB, RPM_MANIFEST, RPM_NDB, RPM_SQLITE, packages_of, sqlite_headers
from pratique.inventory.rpm_bdb import bdb_headers
from pratique.inventory.rpm_header import RpmHeader, source_of
from pratique.inventory.rpm_ndb import ndb_headers
from pratique.model.package import Package, PackageType
from tests.rpm_files import RpmDigest, bdb_file, header, ndb_file, sqlite_file, sqlite_files

_LONG = header(name="kernel", filler=100_000)
_MANY = tuple(header(name=f"p{number}", filler=number * 7) for number in range(400))
_HEADERS = (header(), _LONG, header(name="bash", filler=3_000), header(name="openssl-libs", epoch=1))


def test_header_reads_epoch_source_and_module() -> None:
    blob = header(
        name="nodejs", epoch=1, version="18.1", release="2", source="nodejs-18.1-2.src.rpm", module="nodejs:18:1:c"
    )
    assert RpmHeader(blob).package() == Package(
        PackageType.RPM,
        "nodejs",
        "1:18.1-2",
        architecture="x86_64",
        source_name="nodejs",
        source_version="1:18.1-2",
        module="nodejs:18:1:c",
        licenses=("zlib",),
    )


def test_header_without_source_is_its_own_source() -> None:
    package = RpmHeader(header(source="")).package()
    assert package is not None
    assert (package.source_name, package.source_version) == ("zlib", "1.2.11-40.el9")


def test_header_lists_the_owned_files_that_could_matter() -> None:
    files = ("/usr/bin/tool", "/usr/lib64/libz.so.1", "/usr/share/doc/zlib/README", "/usr/bin/x.py")
    kept = ["usr/bin/tool", "usr/lib64/libz.so.1", "usr/bin/x.py"]
    assert [path for _, path in packages_of([header(files=files)]).owns] == kept


def test_header_keeps_checksums_of_what_must_not_differ_and_every_set_uid_file() -> None:
    digests = {
        "/usr/bin/tool": RpmDigest("AB" * 32),
        "/usr/bin/set": RpmDigest("cd" * 32, flags=1),
        "/usr/lib/ghost.so": RpmDigest("", flags=1 << 6),
        "/usr/lib/unchecked.so": RpmDigest("ef" * 32, verify=0xFFFFFFFE),
        "/usr/libx/odd.suid": RpmDigest("01" * 32, mode=0o104755),
    }
    read = packages_of([header(files=tuple(digests), digests=digests)])
    assert read.checksums == ((0, "usr/bin/tool", "ab" * 32),)
    assert (0, "usr/libx/odd.suid") in read.owns


def test_header_of_a_signature_key_is_no_package() -> None:
    assert RpmHeader(header(name="gpg-pubkey", source="")).package() is None


@pytest.mark.parametrize("cut", [0, 7, 20, 100])
def test_header_cut_short_is_an_error(cut: int) -> None:
    with pytest.raises(ExtractorError):
        RpmHeader(header()[:cut])


def test_source_file_name_is_split_from_the_right() -> None:
    assert source_of("util-linux-2.32.1-42.el8_8.src.rpm", 0) == ("util-linux", "2.32.1-42.el8_8")
    assert source_of("a-b-1-2.nosrc.rpm", 3) == ("a-b", "3:1-2")
    assert source_of("(none)", 0) == ("", "")


@pytest.mark.parametrize(
    ("read", "body", "headers"),
    [
        (ndb_headers, ndb_file(_HEADERS), _HEADERS),
        (bdb_headers, bdb_file(_HEADERS, order="<"), _HEADERS),
        (bdb_headers, bdb_file(_HEADERS, order=">"), _HEADERS),
        (bdb_headers, bdb_file(_HEADERS, order="<", page_size=512), _HEADERS),
        (bdb_headers, bdb_file(_HEADERS, order=">", page_size=65536), _HEADERS),
        (sqlite_headers, sqlite_file(_HEADERS), _HEADERS),
        (sqlite_headers, sqlite_file(_HEADERS, page_size=512), _HEADERS),
        (sqlite_headers, sqlite_file(_HEADERS, page_size=65536), _HEADERS),
        (sqlite_headers, sqlite_file(_MANY, page_size=1024), _MANY),
    ],
)
def test_database_gives_back_the_headers_put_in(
    read: Callable[[bytes], Iterator[bytes]], body: bytes, headers: tuple[bytes, ...]
) -> None:
    assert tuple(read(body)) == headers


def test_sqlite_log_is_laid_over_the_database() -> None:
    body, log = sqlite_files(_HEADERS[:1], _HEADERS[1:])
    assert list(sqlite_headers(body)) == [_HEADERS[0]]
    assert list(sqlite_headers(body, log)) == list(_HEADERS)


def test_sqlite_log_counts_only_up_to_its_last_whole_commit() -> None:
    body, log = sqlite_files(_HEADERS[:1], _HEADERS[1:])
    assert list(sqlite_headers(body, log[:-10])) == [_HEADERS[0]]
    torn = bytearray(log)
    torn[200] ^= 0xFF
    assert list(sqlite_headers(body, bytes(torn))) == [_HEADERS[0]]
    assert list(sqlite_headers(body, b"not a log")) == [_HEADERS[0]]


def test_sqlite_extractor_reads_the_log_as_a_companion() -> None:
    body, log = sqlite_files(_HEADERS[:1], _HEADERS[1:])
    path = "var/lib/rpm/rpmdb.sqlite"
    assert len(RPM_SQLITE.extract(path, body).packages) == 1
    assert len(RPM_SQLITE.extract(path, body, {"-wal": log}).packages) == len(_HEADERS)


def test_packages_index_their_files() -> None:
    read = packages_of([header(name="gpg-pubkey"), header(name="a"), header(name="b", files=("/usr/bin/b",))])
    assert [package.name for package in read.packages] == ["a", "b"]
    assert read.owns == ((1, "usr/bin/b"),)


def test_manifest_of_a_distroless_image_is_read() -> None:
    body = b"filesystem\t1.1-9.cm2\t1\t1\tM\t(none)\t7596\tx86_64\t0\tfilesystem-1.1-9.cm2.src.rpm\n"
    (package,) = RPM_MANIFEST.extract("var/lib/rpmmanifest/container-manifest-2", body).packages
    assert (package.name, package.version, package.source_version) == ("filesystem", "1.1-9.cm2", "1.1-9.cm2")
    with pytest.raises(ExtractorError):
        RPM_MANIFEST.extract("var/lib/rpmmanifest/container-manifest-2", b"a\tb\n")


@pytest.mark.parametrize("extractor", [RPM_SQLITE, RPM_NDB, RPM_BDB], ids=lambda one: one.name)
def test_database_of_another_format_is_an_error(extractor: Extractor) -> None:
    with pytest.raises(ExtractorError):
        extractor.extract("var/lib/rpm/Packages", b"something else entirely" * 10)
