from __future__ import annotations

import json

import msgspec
import pytest

from pratique.archive.limits import Limits
from pratique.archive.paths import PathRefused, decode_name, follow, normalise


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("usr/bin/x", "usr/bin/x"),
        ("./usr/bin/x", "usr/bin/x"),
        ("/usr/bin/x", "usr/bin/x"),
        ("usr//bin/./x/", "usr/bin/x"),
        ("usr/bin/", "usr/bin"),
        ("usr/bin//", "usr/bin"),
        ("a/b/../c", "a/c"),
        (".//a", "a"),
        ("././/./a", "a"),
        ("a/.hidden", "a/.hidden"),
        ("a/..b", "a/..b"),
        (".", ""),
        ("./", ""),
        ("/", ""),
        ("", ""),
        ("a/..", ""),
        ("C:\\x", "C:\\x"),
    ],
)
def test_normalise_brings_names_to_one_form(name: str, path: str) -> None:
    assert normalise(name, Limits()) == path


@pytest.mark.parametrize("name", ["..", "../x", "a/../../b", "/../x", "./../x", "./.."])
def test_normalise_refuses_what_leaves_the_root(name: str) -> None:
    with pytest.raises(PathRefused, match="root"):
        normalise(name, Limits())


def test_normalise_refuses_long_and_deep_paths() -> None:
    with pytest.raises(PathRefused):
        normalise("x" * 4097, Limits())
    with pytest.raises(PathRefused):
        normalise("é" * 2100, Limits())
    with pytest.raises(PathRefused):
        normalise("d/" * 256 + "f", Limits())
    assert normalise("d/" * 255 + "f", Limits())


def test_decoded_names_can_be_encoded_and_differ_where_the_bytes_do() -> None:
    raw = [
        b"caf\xe9",
        "café".encode(),
        b"caf\\xe9",
        "caf\ufffd\\xe9".encode(),
        b"caf\xc3",
        b"\xed\xb2\x80",
        "\ufffd".encode(),
    ]
    names = [decode_name(one) for one in raw]
    assert len(set(names)) == len(raw)
    assert msgspec.json.decode(msgspec.json.encode(names)) == json.loads(json.dumps(names)) == names
    assert names[0] == "caf\ufffd\\xe9"


def test_follow_goes_through_every_link() -> None:
    links = {
        "lib": "usr/lib",
        "usr/lib/x": "/opt/x",
        "opt": "../../srv/./",
        "up": "..",
        "loop": "loop2",
        "loop2": "loop",
    }
    assert follow("lib/x/file", links.get) == "srv/x/file"
    assert follow("up/up/etc", links.get) == "etc"
    assert follow("plain/file", links.get) == "plain/file"
    assert follow("loop/file", links.get) is None
