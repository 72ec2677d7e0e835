"""What a damaged archive still holds is found, and no bytes make the search fail or go over its limits."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from pratique.archive.limits import Limits
from pratique.malware.salvage import SalvageRoom, salvage
from tests.zip_files import zip_of

_NAMES = st.text("abcdefgh", min_size=1, max_size=8)
_FILES = st.dictionaries(_NAMES, st.binary(min_size=1, max_size=300), min_size=1, max_size=6)
_LIMITS = structs.replace(Limits(), archive_entries=50, archive_expanded_bytes=5000, archive_entry_bytes=1000)


def tar_of(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, body in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            tar.addfile(entry, io.BytesIO(body))
    return written.getvalue()


@given(files=_FILES, method=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_zip_without_its_directory_loses_nothing(files: dict[str, bytes], method: int) -> None:
    body = zip_of(files, compression=method)
    found = salvage(body[: body.rindex(b"PK\x05\x06")], SalvageRoom(Limits()))
    # What looks like a header inside a file is followed as well, and may well say that it cannot be read.
    assert found.missing == "" or body.count(b"PK\x03\x04") > len(files)
    assert {*files.items()} <= {*found.members}


@given(files=_FILES, compressed=st.booleans())
def test_every_file_of_a_tar_is_found_by_its_header(files: dict[str, bytes], compressed: bool) -> None:
    body = tar_of(files)
    found = salvage(gzip.compress(body) if compressed else body, SalvageRoom(Limits()))
    assert found.missing == ""
    assert files.items() <= dict(found.members).items()


@given(
    parts=st.lists(
        st.one_of(
            st.binary(max_size=60),
            _FILES.map(zip_of),
            _FILES.map(tar_of).map(lambda body: body[:3000]),
            st.binary(max_size=2000).map(gzip.compress),
        ),
        max_size=5,
    ),
    cut=st.integers(0, 40),
)
def test_any_bytes_are_searched_within_the_limits(parts: list[bytes], cut: int) -> None:
    found = salvage(b"".join(parts)[cut:], SalvageRoom(_LIMITS))
    assert len(found.members) <= _LIMITS.archive_entries
    assert sum(len(content) for _, content in found.members) <= _LIMITS.archive_expanded_bytes
