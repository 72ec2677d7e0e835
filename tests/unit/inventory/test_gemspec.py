"""Gem specifications."""

from __future__ import annotations

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.gemspec import GEMSPEC, parse_gemspec


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'Gem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = "2.2.4"\nend\n', ""),
        (b"Gem::Specification.new do |spec|\n spec.name = 'rack'\n spec.version = '2.2.4'\nend", ""),
        (b'Gem::Specification.new do |s|\n s.name = %q{rack}\n s.version = Gem::Version.new("2.2.4")\nend', ""),
        (b"# -*- encoding: utf-8 -*-\n# stub: rack 2.2.4 ruby lib\n\nGem::Specification.new {}", ""),
        (b"Gem::Specification.new do |s|\n  s.version = Rack::VERSION\nend", "x/specifications/rack-2.2.4.gemspec"),
        (b'Gem::Specification.new do |s|\n s.name = "rack"\nend', "specifications/rack-2.2.4-x86_64-linux.gemspec"),
    ],
)
def test_gemspec_reads_name_and_version(body: bytes, path: str) -> None:
    package = parse_gemspec(body, path)
    assert (package.type, package.name, package.version) == ("gem", "rack", "2.2.4")


def test_gemspec_reads_licenses() -> None:
    body = b's.name = "a".freeze\ns.version = "1"\ns.licenses = ["MIT".freeze, "Ruby".freeze]\n'
    assert parse_gemspec(body).licenses == ("MIT", "Ruby")


def test_gemspec_that_names_no_gem_is_an_error() -> None:
    with pytest.raises(ExtractorError):
        parse_gemspec(b"puts 1", "a-1.gemspec")


def test_gemspec_is_wanted_only_where_rubygems_installs_them() -> None:
    assert GEMSPEC.wants("usr/lib/ruby/gems/3.1.0/specifications/default/abbrev-0.1.0.gemspec")
    assert GEMSPEC.wants("usr/share/rubygems-integration/all/specifications/rake-13.gemspec")
    assert not GEMSPEC.wants("app/my.gemspec")
