from __future__ import annotations

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from pratique.errors import StoreError
from pratique.inventory.report_codec import SCHEMA, decode, encode
from pratique.model.inventory import LayerReport
from pratique.model.sample import FileType, ScannedFile
from tests.image_builder import link
from tests.layer_reading import read_files


@settings(max_examples=60, deadline=None)
@given(st.builds(LayerReport))
def test_a_report_comes_back_as_it_was(report: LayerReport) -> None:
    assert decode(encode(report)) == report


def test_a_real_report_comes_back_as_it_was() -> None:
    report = read_files(
        {"a.dist-info/METADATA": b"Name: x\nVersion: 1\n", "l": link("a"), "caf\udce9": b"", "../x": b""}
    )
    assert report.files
    assert report.reasons
    assert decode(encode(report)) == report


@pytest.mark.parametrize("body", [b"", b"{}", encode(LayerReport("d", "d", "a", 0, 0))[:-3]])  # type: ignore[arg-type] # any text
def test_damaged_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(StoreError):
        decode(body)


@pytest.mark.parametrize("document", [{"schema": SCHEMA + 1, "report": {}}, {"schema": SCHEMA, "report": {}}, {}, []])
def test_other_schemas_and_documents_are_refused(document: object) -> None:
    with pytest.raises(StoreError):
        decode(zstandard.ZstdCompressor().compress(msgspec.json.encode(document)))


@pytest.mark.parametrize("value", [{}, msgspec.json.decode(msgspec.json.encode(LayerReport("d", "d", "a", 0, 0)))])  # type: ignore[arg-type] # any text
def test_another_schema_is_the_reason_whether_the_value_fits_or_not(value: object) -> None:
    body = zstandard.ZstdCompressor().compress(msgspec.json.encode({"schema": SCHEMA + 1, "value": value}))
    with pytest.raises(StoreError, match=f"has schema {SCHEMA + 1}, not {SCHEMA}"):
        decode(body)


def test_scanned_files_come_back_as_they_were() -> None:
    files = (
        ScannedFile("bin/tool", "a" * 64, 3, FileType.ELF, 0o4755, uid=5, gid=6),
        ScannedFile("x.jar", "b" * 64, 4, FileType.OTHER, member="y.sh", md5="c" * 32),
        ScannedFile("z", "d" * 64, 0, FileType.SCRIPT),
    )
    report = structs.replace(read_files({}), scanned_json=msgspec.Raw(msgspec.json.encode(files)), packaged=files[:1])
    found = decode(encode(report))
    assert (found.scanned, found.packaged) == (files, files[:1])


def test_damaged_scanned_files_are_told_of() -> None:
    report = structs.replace(read_files({}), scanned_json=msgspec.Raw(b'[["bin/tool", 7]]'))
    with pytest.raises(StoreError, match="scanned files"):
        _ = decode(encode(report)).scanned


@pytest.mark.parametrize("declared", [True, False])
def test_a_report_is_read_whether_its_size_is_declared_or_likely_or_not(declared: bool) -> None:
    plain = zstandard.ZstdDecompressor().decompress(encode(read_files({"f" * 200 + str(n): b"" for n in range(9)})))
    for spaces in (0, 1 << 20):  # a thousand times what it is compressed to
        body = zstandard.ZstdCompressor(write_content_size=declared).compress(plain + b" " * spaces)
        assert decode(body).entries == 9


def test_no_changed_byte_makes_another_report() -> None:
    report = structs.replace(read_files({"f": b""}), scanned_json=msgspec.Raw(b'[["bin/tool","a",3,"elf"]]'))
    body = encode(report)
    for at in range(len(body)):
        try:
            found = decode(body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])
        except StoreError:
            continue
        assert found == report
