from __future__ import annotations

import io
import tarfile
from collections.abc import Callable

import pytest

from pratique.archive.limits import Limits
from pratique.archive.tar import EntryKind, TarWalker
from pratique.archive.tar_header import TarError, TarOverLimit
from tests.layer_reading import walk

_KINDS = {
    tarfile.REGTYPE: EntryKind.FILE,
    tarfile.DIRTYPE: EntryKind.FOLDER,
    tarfile.SYMTYPE: EntryKind.SYMLINK,
    tarfile.LNKTYPE: EntryKind.HARDLINK,
    tarfile.FIFOTYPE: EntryKind.SPECIAL,
    tarfile.CHRTYPE: EntryKind.SPECIAL,
}


def _member(
    name: str, body: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.type, member.size, member.linkname = kind, len(body), link
    return member, body


def _tar(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as tar:
        for member, body in members:
            tar.addfile(member, io.BytesIO(body))
    return stream.getvalue()


def _patched(tar: bytes, start: int, value: bytes) -> bytes:
    """Return ``tar`` with bytes of its first header replaced and the checksum made right."""
    header = bytearray(tar[:512])
    header[start : start + len(value)] = value
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + tar[512:]


MEMBERS = (
    _member("./etc/os-release", b"ID=debian\n"),
    _member("a" * 99, b"x" * 511),
    _member("folder/" + "b" * 150, b"y" * 513),
    _member("deep/" * 60 + "name", b"z" * 5000),
    _member("usr", kind=tarfile.DIRTYPE),
    _member("lib", kind=tarfile.SYMTYPE, link="usr/lib"),
    _member("long", kind=tarfile.SYMTYPE, link="t/" * 90),
    _member("hard", kind=tarfile.LNKTYPE, link="etc/os-release"),
    _member("pipe", kind=tarfile.FIFOTYPE),
    _member("tty", kind=tarfile.CHRTYPE),
    _member("größe", b""),
)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
@pytest.mark.parametrize("chunk", [1, 100, 512, 1000, 1 << 20])
def test_walker_reads_what_tarfile_reads(form: int, chunk: int) -> None:
    tar = _tar(*MEMBERS, form=form)
    with tarfile.open(fileobj=io.BytesIO(tar)) as oracle:
        expected = []
        for member in oracle:
            content = oracle.extractfile(member) if member.isreg() else None
            expected.append(
                (member.name.encode(), _KINDS[member.type], content.read() if content else member.linkname.encode())
            )
    found = [(name.removesuffix(b"/"), kind, content) for name, kind, content in walk(tar, chunk=chunk)]
    assert found == expected


def test_walker_reads_ustar_prefixes() -> None:
    name = "p/" * 70 + "name"
    assert [entry[0] for entry in walk(_tar(_member(name, b"1"), form=tarfile.USTAR_FORMAT))] == [name.encode()]


def test_walker_skips_members_nobody_asks_for() -> None:
    tar = _tar(_member("large", b"x" * 100_000), _member("next", b"n"))
    walker = TarWalker(iter([tar[:700], tar[700:]]), Limits())
    assert [entry.name for entry in walker] == [b"large", b"next"]


def test_head_leaves_the_body_in_place() -> None:
    tar = _tar(_member("f", b"0123456789" * 200))
    walker = TarWalker((tar[start : start + 300] for start in range(0, len(tar), 300)), Limits())
    next(iter(walker))
    assert walker.head(512) == (b"0123456789" * 200)[:512]
    assert walker.body() == b"0123456789" * 200


@pytest.mark.parametrize("kind", [tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_entries_without_content_have_none_whatever_size_they_state(kind: bytes) -> None:
    tar = _patched(_tar(_member("odd", kind=kind, link="x")), 124, b"00000001000\0")[:512] + _tar(_member("next", b"n"))
    assert [entry[0].rstrip(b"/") for entry in walk(tar)] == [b"odd", b"next"]


def test_an_old_folder_is_a_file_whose_name_ends_in_a_slash() -> None:
    tar = _patched(_tar(_member("old")), 156, b"\0")
    tar = _patched(tar, 0, b"old/")
    assert [(name, kind) for name, kind, _ in walk(tar)] == [(b"old/", EntryKind.FOLDER)]


def test_a_file_whose_name_ends_in_a_slash_stays_a_file() -> None:
    tar = _patched(_tar(_member("new", b"body")), 0, b"new/")
    assert list(walk(tar)) == [(b"new/", EntryKind.FILE, b"body")]


def test_unknown_types_are_given_out_as_such() -> None:
    tar = _patched(_tar(_member("odd", b"data"), _member("next")), 156, b"Q")
    assert [(name, kind) for name, kind, _ in walk(tar)] == [(b"odd", EntryKind.UNKNOWN), (b"next", EntryKind.FILE)]


def test_pax_size_replaces_the_headers() -> None:
    member, _ = _member("f")
    member.pax_headers = {"size": "5"}
    tar = _tar((member, b""))
    tar = tar[:1536] + b"hello" + bytes(507) + bytes(1024)
    assert list(walk(tar)) == [(b"f", EntryKind.FILE, b"hello")]


def test_global_pax_headers_change_no_entry_and_are_noted() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"path": "other"}) as tar:
        tar.addfile(_member("f", b"1")[0], io.BytesIO(b"1"))
    walker = TarWalker(iter([stream.getvalue()]), Limits())
    assert [entry.name for entry in walker] == [b"f"]
    assert len(walker.notes) == 1


def test_an_archive_may_end_without_zeros() -> None:
    tar = _tar(_member("f", b"x" * 512))
    assert [entry[0] for entry in walk(tar[:1024])] == [b"f"]
    assert [entry[0] for entry in walk(tar[:1536])] == [b"f"]
    assert list(walk(b"")) == []


def test_the_last_padding_may_be_missing() -> None:
    assert list(walk(_tar(_member("f", b"abc"))[:515])) == [(b"f", EntryKind.FILE, b"abc")]


Damage = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda tar: tar[:600], "middle of an entry"),
        (lambda tar: tar[:300], "middle of a header"),
        (lambda tar: b"x" + tar[1:], "checksum"),
        (lambda tar: _patched(tar, 124, b"\xff" * 12), "negative"),
        (lambda tar: _patched(tar, 124, b"\xbf" + b"\xff" * 11), "out of range"),
        (lambda tar: _patched(tar, 124, b"00000000008\0"), "malformed number"),
        (lambda tar: _patched(tar, 124, b"0_000000001\0"), "malformed number"),
        (lambda tar: bytes(512) + tar, "single block of zeros"),
        (lambda tar: _patched(tar, 156, b"S"), "GNU's form"),
    ],
)
def test_damage_is_told_after_what_came_before(damage: Damage, message: str) -> None:
    first = _tar(_member("first", b"1"))[:1024]
    entries = iter(walk(first + damage(_tar(_member("second", b"2" * 600)))))
    assert next(entries)[0] == b"first"
    with pytest.raises(TarError, match=message):
        list(entries)


def test_checksums_may_be_sums_of_signed_bytes() -> None:
    header = bytearray(_tar(_member("x"))[:512])
    header[0:1] = b"\xe9"
    header[148:156] = b" " * 8
    signed = sum(byte - 256 if byte > 127 else byte for byte in header)
    header[148:156] = b"%06o\0 " % signed
    assert [entry[0] for entry in walk(bytes(header))] == [b"\xe9"]


def test_limits_of_entries_and_extended_headers_end_the_walk() -> None:
    tar = _tar(*[_member(f"f{number}") for number in range(5)])
    with pytest.raises(TarOverLimit, match="more than 3 entries"):
        list(walk(tar, limits=Limits(entries=3)))
    with pytest.raises(TarOverLimit, match="extended header"):
        list(walk(_tar(_member("n" * 3000), form=tarfile.GNU_FORMAT), limits=Limits(header_bytes=2000)))


def test_a_promised_terabyte_takes_no_memory() -> None:
    tar = _patched(_tar(_member("f", b"x")), 124, b"\x80" + (1 << 40).to_bytes(11, "big"))
    with pytest.raises(TarError, match="middle of an entry"):
        list(walk(tar))
