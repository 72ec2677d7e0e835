"""package.json of unpacked npm packages."""

from __future__ import annotations

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.npm_package import parse_package_json


@pytest.mark.parametrize(
    ("body", "licenses"),
    [
        (b'\xef\xbb\xbf{"name": "@a/b", "version": "1.0.0"}', ()),
        (b'{"name": "@a/b", "version": "1.0.0", "license": "MIT"}', ("MIT",)),
        (b'{"name": "@a/b", "version": "1.0.0", "licenses": [{"type": "MIT"}, "ISC", 3]}', ("MIT", "ISC")),
        (b'{"name": "@a/b", "version": "1.0.0", "license": 7, "author": {"name": []}}', ()),
        (
            b'{"name": "?", "version": "1.0.0", "name": "@a/b", "author": "caf\xe9", "files": '
            + b"[" * 80
            + b"]" * 80
            + b"}",
            (),
        ),
    ],
)
def test_package_json_reads_name_version_and_license(body: bytes, licenses: tuple[str, ...]) -> None:
    package = parse_package_json(body)
    assert package is not None
    assert (package.type, package.name, package.version, package.licenses) == ("npm", "@a/b", "1.0.0", licenses)


@pytest.mark.parametrize(
    "body",
    [b'{"type": "module"}', b'{"name": "bundled"}', b'{"name": "a", "version": ""}', b'{"name": 1, "version": 2}'],
)
def test_package_json_without_name_or_version_is_no_package(body: bytes) -> None:
    assert parse_package_json(body) is None


@pytest.mark.parametrize(
    ("path", "installed"),
    [
        ("app/node_modules/a/package.json", True),
        ("node_modules/@s/a/package.json", True),
        ("app/package.json", False),
        ("app/node_modules/a/test/fixture/package.json", False),
        ("app/node_modules/a/package.json/package.json", False),
    ],
)
def test_private_package_counts_only_where_it_was_installed(path: str, installed: bool) -> None:
    body = b'{"name": "a", "version": "1.0.0", "private": true}'
    assert (parse_package_json(body, path) is not None) is installed


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000])
def test_package_json_that_is_no_object_is_an_error(body: bytes) -> None:
    with pytest.raises(ExtractorError):
        parse_package_json(body)
