"""Executables of three formats, two word sizes and two byte orders: Go modules, Rust crates, known programs."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.errors import ExtractorError
from pratique.inventory.executable import read_executables
from pratique.inventory.executables import EXECUTABLES
from pratique.inventory.go_binary import GO_SECTIONS, go_packages
from pratique.inventory.known_binaries import JAVA_RELEASE, KNOWN_BINARIES, known_packages, parse_java_release
from pratique.inventory.rust_binary import CRATES_SECTION, rust_packages
from tests.executable_files import elf, fat, go_inline, go_pointers, mach_o, pe

_MODULES = (
    "path\texample.com/tool/cmd\nmod\texample.com/tool\t(devel)\t\n"
    "dep\tgolang.org/x/net\tv0.1.0\th1:abc=\ndep\texample.com/old\tv1.0.0\t\n=>\texample.com/new\tv1.2.0\th1:d=\n"
    "dep\texample.com/local\tv0.3.0\t\n=>\t./local\t(devel)\t\nbuild\t-compiler=gc\n"
)
_EXPECTED = [
    ("stdlib", "1.20.7"),
    ("golang.org/x/net", "v0.1.0"),
    ("example.com/new", "v1.2.0"),
    ("example.com/local", "v0.3.0"),
]


def _found(body: bytes, path: str = "usr/bin/tool") -> list[tuple[str, str]]:
    return [(package.name, package.version) for package in EXECUTABLES.extract(path, body).packages]


@pytest.mark.parametrize(
    "body",
    [
        elf({".text": b"code", ".go.buildinfo": go_inline("go1.20.7", _MODULES)}),
        elf({".data": b"x" * 64 + go_inline("go1.20.7", _MODULES)}),
        elf({".go.buildinfo": go_inline("go1.20.7", _MODULES)}, order=">", wide=False),
        elf({".data": go_inline("go1.20.7 X:boringcrypto", _MODULES)}, headers=False),
        pe({".data": go_inline("go1.20.7", _MODULES)}),
        pe({".data": go_inline("go1.20.7", _MODULES)}, wide=False),
        mach_o({"__go_buildinfo": go_inline("go1.20.7", _MODULES)}),
        mach_o({"__data": go_inline("go1.20.7", _MODULES)}, order=">", wide=False),
        fat(mach_o({"__go_buildinfo": go_inline("go1.20.7", _MODULES)}), mach_o({"__text": b"x"})),
    ],
)
def test_go_modules_are_read_from(body: bytes) -> None:
    assert _found(body) == _EXPECTED


def test_go_modules_are_read_from_a_file_with_sections_and_no_segments() -> None:
    body = bytearray(elf({".data": go_inline("go1.20.7", _MODULES)}))
    body[56:58] = bytes(2)  # the count of segments
    assert _found(bytes(body)) == _EXPECTED


@pytest.mark.parametrize(("order", "wide"), [("<", True), (">", True), ("<", False), (">", False)])
@pytest.mark.parametrize("build", [elf, mach_o])
def test_go_modules_are_read_through_pointers(build: Callable[..., bytes], order: str, wide: bool) -> None:
    def file(address: int) -> bytes:
        information = go_pointers("go1.20.7", _MODULES, address=address, order=order, wide=wide)
        return build({"__go_buildinfo": information}, order=order, wide=wide)

    (executable,) = read_executables(file(0), GO_SECTIONS)
    address = executable.sections[0].address or executable.sections[1].address
    assert _found(file(address)) == _EXPECTED


@pytest.mark.parametrize(
    ("build_lines", "version"),
    [
        ('build\t-ldflags="-s -w -X main.version=1.4.2 -X main.commit=abc"\n', "v1.4.2"),
        ("build\t-ldflags=\"-X 'example.com/tool/pkg.buildVersion=v2.0.0-rc1'\"\n", "v2.0.0-rc1"),
        ("build\t-ldflags=-X=main.Version=v3.0.1\n", "v3.0.1"),
        ('build\t-ldflags="-X example.com/other.version=9.9.9"\n', ""),
        ("", ""),
    ],
)
def test_go_main_module_takes_its_version_from_linker_flags(build_lines: str, version: str) -> None:
    text = "path\texample.com/tool\nmod\texample.com/tool\t(devel)\t\n" + build_lines
    found = dict(_found(elf({".go.buildinfo": go_inline("go1.20.7", text)})))
    assert found.get("example.com/tool", "") == version


def test_go_main_module_with_a_version_is_listed() -> None:
    text = "mod\tgo.etcd.io/bbolt\tv1.3.5\t\n"
    assert ("go.etcd.io/bbolt", "v1.3.5") in _found(elf({".go.buildinfo": go_inline("go1.20.6", text)}))


@pytest.mark.parametrize(
    "information",
    [
        b"\xff Go buildinf:\x08\x02".ljust(32, b"\0") + b"\xff" * 12,
        b"\xff Go buildinf:\x08\x02".ljust(32, b"\0") + b"\xff\xff\xff\x7f",
        b"\xff Go buildinf:\x07\x00".ljust(32, b"\1"),
        b"\xff Go buildinf:\x08\x00".ljust(32, b"\1"),
    ],
)
def test_go_information_that_points_nowhere_is_an_error(information: bytes) -> None:
    (executable,) = read_executables(elf({".go.buildinfo": information}), GO_SECTIONS)
    with pytest.raises(ExtractorError):
        list(go_packages(executable))


_CRATES = json.dumps(
    {
        "packages": [
            {"name": "serde", "version": "1.0.1", "source": "crates.io", "kind": "runtime"},
            {"name": "cc", "version": "1.0.0", "source": "crates.io", "kind": "build"},
            {"name": "app", "version": "0.1.0", "source": "local", "root": True},
        ]
    }
).encode()


@pytest.mark.parametrize("build", [elf, pe, mach_o])
def test_rust_crates_are_read_and_build_crates_left_out(build: Callable[..., bytes]) -> None:
    assert _found(build({".dep-v0": zlib.compress(_CRATES)})) == [("serde", "1.0.1"), ("app", "0.1.0")]


@pytest.mark.parametrize("packed", [b"no zlib", zlib.compress(_CRATES)[:-9], zlib.compress(bytes(16 << 20))])
def test_rust_list_that_is_damaged_or_huge_is_an_error(packed: bytes) -> None:
    (executable,) = read_executables(elf({".dep-v0": packed}), (CRATES_SECTION,))
    with pytest.raises(ExtractorError):
        list(rust_packages(executable))


@pytest.mark.parametrize(
    ("path", "text", "package"),
    [
        ("usr/local/bin/node", b"..node.js/v18.16.0\0", ("node", "18.16.0")),
        ("usr/local/lib/libpython3.11.so.1.0", b"\0003.11.4\0", ("python", "3.11.4")),
        ("usr/sbin/nginx", b"nginx version: nginx/1.25.3\0", ("nginx", "1.25.3")),
        ("bin/busybox", b"BusyBox v1.36.1 (2023-07-27)", ("busybox", "1.36.1")),
        ("usr/lib/libssl.so.1.1", b"OpenSSL 1.1.1w  11 Sep 2023", ("openssl", "1.1.1w")),
        ("usr/bin/httpd", b"Apache/2.4.57 (Unix)", ("httpd", "2.4.57")),
    ],
)
def test_known_program_is_recognised_by_name_and_text(path: str, text: bytes, package: tuple[str, str]) -> None:
    (found,) = known_packages(path, text)
    assert (found.type, found.name, found.version) == ("generic", *package)
    assert _found(elf({".rodata": text}), path) == [package]


@given(st.data())
def test_every_name_of_a_known_program_has_one_of_its_beginnings(data: st.DataObject) -> None:
    known = data.draw(st.sampled_from(KNOWN_BINARIES))
    assert data.draw(st.from_regex(known.basename, fullmatch=True)).startswith(known.beginnings)


def test_text_of_a_known_program_elsewhere_is_nothing() -> None:
    assert list(known_packages("usr/bin/other", b"nginx/1.25.3")) == []
    assert list(known_packages("usr/sbin/nginx", b"no version")) == []


def test_java_release_names_the_run_time() -> None:
    package = parse_java_release(b'IMPLEMENTOR="Debian"\nJAVA_VERSION="17.0.9"\nJAVA_VERSION_DATE="2023-10-17"\n')
    assert package is not None
    assert (package.name, package.version) == ("java", "17.0.9")
    assert parse_java_release(b"some other release file") is None
    assert JAVA_RELEASE.wants("usr/lib/jvm/java-17/release")


@pytest.mark.parametrize("body", [b"MZ", b"MZ" + bytes(100), b"MZ is how this text begins" + b"." * 100])
def test_dos_programs_and_other_text_hold_nothing(body: bytes) -> None:
    assert read_executables(body, GO_SECTIONS) == ()


@pytest.mark.parametrize(
    "body", [b"\x7fELF\x09\x09" + bytes(60), b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe\0\0\0\x02" + bytes(40)]
)
def test_damaged_headers_are_an_error(body: bytes) -> None:
    with pytest.raises(ExtractorError):
        EXECUTABLES.extract("x", body)
