"""Lock files of npm, Yarn, pnpm and Bun."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.bun_lock import parse_bun_lock
from pratique.inventory.npm_lock import parse_package_lock
from pratique.inventory.pnpm_lock import parse_pnpm_lock
from pratique.inventory.yarn_lock import parse_yarn_lock
from pratique.model.package import Package


def _pairs(packages: Iterable[Package]) -> list[tuple[str, str]]:
    return [(package.name, package.version) for package in packages]


def test_package_lock_lists_modules_and_no_workspace_link_or_development() -> None:
    body = b"""{"lockfileVersion": 3, "packages": {
      "": {"name": "own", "version": "1.0.0"},
      "packages/work": {"version": "2.0.0"},
      "node_modules/work": {"resolved": "packages/work", "link": true},
      "node_modules/@a/b": {"version": "1.1.0"},
      "node_modules/c/node_modules/d": {"version": "1.2.0"},
      "node_modules/alias": {"name": "real", "version": "1.3.0"},
      "node_modules/jest": {"version": "29.0.0", "dev": true},
      "node_modules/bundled": {"version": "1.4.0", "dev": true, "inBundle": true}}}"""
    assert _pairs(parse_package_lock(body)) == [
        ("@a/b", "1.1.0"),
        ("d", "1.2.0"),
        ("real", "1.3.0"),
        ("bundled", "1.4.0"),
    ]


def test_package_lock_of_version_1_is_a_tree() -> None:
    body = b"""{"lockfileVersion": 1, "dependencies": {
      "a": {"version": "1.0.0", "dependencies": {"b": {"version": "2.0.0"}}},
      "c": {"version": "npm:@x/real@3.0.0"},
      "git": {"version": "git+ssh://git@example.test/x.git#abc"}}}"""
    assert sorted(_pairs(parse_package_lock(body))) == [("@x/real", "3.0.0"), ("a", "1.0.0"), ("b", "2.0.0")]


def test_yarn_lock_of_version_1_is_read() -> None:
    body = b"""# yarn lockfile v1


"@babel/core@^7.0.0", "@babel/core@^7.1.0":
  version "7.4.4"
  resolved "https://example.test/x.tgz"
  dependencies:
    version-range "^1.0.0"

cjs@npm:string-width@^4.2.0:
  version "4.2.3"
"""
    assert _pairs(parse_yarn_lock(body)) == [("@babel/core", "7.4.4"), ("string-width", "4.2.3")]


def test_yarn_lock_of_later_versions_leaves_out_workspaces() -> None:
    body = b"""__metadata:
  version: 8
  cacheKey: 10c0

"app@workspace:.":
  version: 0.0.0-use.local

"debug@npm:4.3.4, debug@npm:^4":
  version: 4.3.4
  resolution: "debug@npm:4.3.4"

"typescript@patch:typescript@npm%3A^4.0.0#builtin<compat/typescript>":
  version: 4.9.5
"""
    assert _pairs(parse_yarn_lock(body)) == [("debug", "4.3.4"), ("typescript", "4.9.5")]


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        (
            b"lockfileVersion: 5.4\npackages:\n\n  /@a/b/1.0.0_c@2.0.0:\n    dev: false\n\n"
            b"  /jest/29.0.0:\n    dev: true\n",
            [("@a/b", "1.0.0")],
        ),
        (
            b"lockfileVersion: 5.3\npackages:\n  registry.example.test/c/1.0.0:\n    dev: false\n",
            [("c", "1.0.0")],
        ),
        (
            b"lockfileVersion: '6.0'\npackages:\n\n  /@a/b@1.0.0(c@2.0.0):\n    dev: false\n\n"
            b"  '@example.test/debug/tarball/4.3.4':\n    name: debug\n    version: 4.3.4\n\nsettings:\n  /d@1.0.0:\n",
            [("@a/b", "1.0.0"), ("debug", "4.3.4")],
        ),
        (
            b"lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n"
            b"packages:\n\n  '@a/b@1.0.0':\n    engines: {}\n\n"
            b"  neg@https://example.test/x.tgz:\n    version: 2.0.1\n\nsnapshots:\n\n  '@a/b@1.0.0(c@2.0.0)': {}\n",
            [("@a/b", "1.0.0"), ("neg", "2.0.1")],
        ),
    ],
)
def test_pnpm_lock_is_read(body: bytes, pairs: list[tuple[str, str]]) -> None:
    assert _pairs(parse_pnpm_lock(body)) == pairs


def test_bun_lock_allows_comments_and_trailing_commas() -> None:
    body = b"""{ "lockfileVersion": 1, // version
      "packages": {
        "@a/b": ["@a/b@1.0.0", "", { "dependencies": { "c": "^1 //, }" } }, "sha512-x"],
        "work": ["work@workspace:packages/work"],
      },
    }"""
    assert _pairs(parse_bun_lock(body)) == [("@a/b", "1.0.0")]


@pytest.mark.parametrize(
    ("parse", "body"),
    [
        (parse_package_lock, b"[]"),
        (parse_package_lock, b'{"dependencies":' * 30_000),
        (parse_yarn_lock, b"a\0b"),
        (parse_pnpm_lock, b"packages:\n"),
        (parse_bun_lock, b"{}"),
    ],
)
def test_another_file_is_an_error(parse: Callable[[bytes], Iterable[Package]], body: bytes) -> None:
    with pytest.raises(ExtractorError):
        list(parse(body))
