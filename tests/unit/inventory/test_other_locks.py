"""Lock files of Python, Ruby, PHP, Rust, .NET, Elixir and Go."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.cargo_lock import parse_cargo_lock
from pratique.inventory.composer_lock import parse_composer_lock
from pratique.inventory.gemfile_lock import parse_gemfile_lock
from pratique.inventory.go_mod import parse_go_mod
from pratique.inventory.mix_lock import parse_mix_lock
from pratique.inventory.nuget_locks import parse_packages_config, parse_packages_lock
from pratique.inventory.python_locks import parse_pipfile_lock, parse_toml_lock
from pratique.inventory.requirements_txt import parse_requirements
from pratique.model.package import Package

_Parse = Callable[[bytes], Iterable[Package]]

_PIPFILE = b"""{"_meta": {"sources": []}, "default": {"Django": {"version": "==2.2"}, "own": {"path": "."}},
 "develop": {"pytest": {"version": "==7.0"}}}"""
_POETRY = b"""[[package]]
name = "flask"
version = "1.0.3"
category = "main"

[[package]]
name = "pytest"
version = "5.4.3"
category = "dev"

[[package]]
name = "both"
version = "1.0"
groups = ["main", "dev"]

[[package]]
name = "late"
version = "1.0"
groups = ["dev"]

[[package]]
name = "own"
version = "0.1"
[package.source]
type = "directory"
url = "own"
"""
_UV = b"""version = 1
[[package]]
name = "anyio"
version = "4.7.0"
source = { registry = "https://index.example.test/simple" }
[[package]]
name = "own"
version = "0.1.0"
source = { virtual = "." }
"""
_PYLOCK = b'lock-version = "1.0"\n[[packages]]\nname = "attrs"\nversion = "25.1.0"\n[[packages]]\nname = "unpinned"\n'
_REQUIREMENTS = rb"""# comment
-r base.txt
Django[bcrypt]==2.2  # why
requests == 2.19.1 ; python_version < "3"
hashed==1.0 \
    --hash=sha256:00
ranged>=1.0
wild==1.*
git+https://example.test/x.git#egg=x
exact===1.0
"""
_GEMFILE = b"""GIT
  remote: https://example.test/x.git
  specs:
    fromgit (0.1.0)

PATH
  remote: .
  specs:
    own (0.1.0)

GEM
  remote: https://gems.example.test/
  specs:
    nokogiri (1.13.6-x86_64-linux)
      racc (~> 1.4)
    racc (1.6.0)

DEPENDENCIES
  own!
"""
_COMPOSER = b'{"packages": [{"name": "a/b", "version": "v1.0"}], "packages-dev": [{"name": "c/d", "version": "2"}]}'
_CARGO = b"""[[package]]
name = "syn"
version = "1.0.73"
source = "registry+x"
[[package]]
name = "own"
version = "0.1.0"
"""
_NUGET = b"""{"version": 1, "dependencies": {"net8.0": {
 "A": {"type": "Direct", "resolved": "1.0.0"}, "own": {"type": "Project"},
 "B": {"type": "Transitive", "resolved": "2.0"}}}}"""
_CONFIG = b"""\xef\xbb\xbf<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY e "&e;">]>
<packages>
  <!-- <package id="Gone" version="1.0" /> -->
  <package id="Newtonsoft.Json" version="6.0.4" targetFramework="net45" />
  <package version='5.2' id='WebApi'></package>
</packages>"""
_MIX = b"""%{
  "plug": {:hex, :plug, "1.11.1", "f299", [:mix], [{:mime, "~> 1.0", [hex: :mime]}], "hexpm", "2352"},
  "renamed": {:hex, :real, "2.0.0", "0", [:mix], [], "hexpm", "0"},
  "fork": {:git, "https://example.test/fork.git", "abc", []},
}
"""
_GO_MOD = b"""module example.com/app // comment

go 1.21
toolchain go1.22.1

require golang.org/x/net v0.1.0
require (
\texample.com/old v1.0.0 // indirect
\texample.com/local v0.3.0
)
exclude example.com/bad v1.0.0
replace (
\texample.com/old v1.0.0 => example.com/new v1.2.0
\texample.com/local => ./local
)
"""


@pytest.mark.parametrize(
    ("parse", "body", "pairs"),
    [
        (parse_pipfile_lock, _PIPFILE, [("Django", "2.2")]),
        (parse_toml_lock, _POETRY, [("flask", "1.0.3"), ("both", "1.0")]),
        (parse_toml_lock, _UV, [("anyio", "4.7.0")]),
        (parse_toml_lock, _PYLOCK, [("attrs", "25.1.0")]),
        (
            parse_requirements,
            _REQUIREMENTS,
            [("Django", "2.2"), ("requests", "2.19.1"), ("hashed", "1.0"), ("exact", "1.0")],
        ),
        (parse_gemfile_lock, _GEMFILE, [("fromgit", "0.1.0"), ("nokogiri", "1.13.6"), ("racc", "1.6.0")]),
        (parse_composer_lock, _COMPOSER, [("a/b", "v1.0")]),
        (parse_cargo_lock, _CARGO, [("syn", "1.0.73")]),
        (parse_packages_lock, _NUGET, [("A", "1.0.0"), ("B", "2.0")]),
        (parse_packages_config, _CONFIG, [("Newtonsoft.Json", "6.0.4"), ("WebApi", "5.2")]),
        (
            parse_packages_config,
            _CONFIG[3:].decode().encode("utf-16"),
            [("Newtonsoft.Json", "6.0.4"), ("WebApi", "5.2")],
        ),
        (parse_mix_lock, _MIX, [("plug", "1.11.1"), ("real", "2.0.0")]),
        (
            parse_go_mod,
            _GO_MOD,
            [
                ("stdlib", "1.22.1"),
                ("golang.org/x/net", "v0.1.0"),
                ("example.com/new", "v1.2.0"),
                ("example.com/local", "v0.3.0"),
            ],
        ),
    ],
)
def test_lock_lists_what_it_pins(parse: _Parse, body: bytes, pairs: list[tuple[str, str]]) -> None:
    assert [(package.name, package.version) for package in parse(body)] == pairs


@pytest.mark.parametrize(
    ("parse", "body"),
    [
        (parse_pipfile_lock, b"{}"),
        (parse_toml_lock, b"name = "),
        (parse_toml_lock, b"\xff\xfe"),
        (parse_requirements, b"a\0==1"),
        (parse_gemfile_lock, b"    a (1.0)\n"),
        (parse_composer_lock, b"{}"),
        (parse_cargo_lock, b"[[package]"),
        (parse_packages_lock, b"[]"),
        (parse_packages_config, b"<html></html>"),
        (parse_mix_lock, b"[]"),
        (parse_go_mod, b"require a v1.0.0\n"),
    ],
)
def test_another_file_is_an_error(parse: _Parse, body: bytes) -> None:
    with pytest.raises(ExtractorError):
        list(parse(body))
