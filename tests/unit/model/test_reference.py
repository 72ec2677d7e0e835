"""References as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.errors import InvalidValue
from pratique.model.digest import Digest
from pratique.model.reference import Reference, parse_reference

DIGEST = Digest(f"sha256:{'ab' * 32}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("debian", Reference("docker.io", "library/debian")),
        ("debian:12", Reference("docker.io", "library/debian", "12")),
        ("docker.io/debian:12", Reference("docker.io", "library/debian", "12")),
        ("index.docker.io/a/b", Reference("docker.io", "a/b")),
        ("team/app", Reference("docker.io", "team/app")),
        ("localhost/app:1", Reference("localhost", "app", "1")),
        ("localhost:5000/app", Reference("localhost:5000", "app")),
        ("registry.test/team/app:1.0", Reference("registry.test", "team/app", "1.0")),
        ("registry.test:5000/app:1_x-Y.z", Reference("registry.test:5000", "app", "1_x-Y.z")),
        ("[::1]:5000/app", Reference("[::1]:5000", "app")),
        (f"registry.test/app@{DIGEST}", Reference("registry.test", "app", "", DIGEST)),
        (f"registry.test/app:1@{DIGEST}", Reference("registry.test", "app", "1", DIGEST)),
        ("registry.test/a__b/c--d.e", Reference("registry.test", "a__b/c--d.e")),
    ],
)
def test_parse_reference_takes_each_form_apart(text: str, expected: Reference) -> None:
    assert parse_reference(text) == expected
    assert parse_reference(str(expected)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1 to 512 characters"),
        ("a" * 513, "1 to 512 characters"),
        ("https://registry.test/app", "without https://"),
        ("Debian", "names are lower-case"),
        ("registry.test/", "not a repository name"),
        ("registry.test/a//b", "not a repository name"),
        ("registry.test/a___b", "not a repository name"),
        ("../etc", "not a registry address"),
        ("app:", "not a tag"),
        ("app:-1", "not a tag"),
        (f"app:{'a' * 129}", "not a tag"),
        ("app:1:2", "not a tag"),
        ("app@sha256:12", "not a sha256 digest"),
        (f"app@sha512:{'a' * 128}", "not a sha256 digest"),
        ("registry.test:0/app", "not a registry address"),
        ("registry.test:99999/app", "not a registry address"),
        ("user:password@registry.test/app", "not a sha256 digest"),
        ("app\n", "not a repository name"),
        ("registry.test/app:1\n", "not a tag"),
    ],
)
def test_parse_reference_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        parse_reference(text)


def test_identifier_is_the_most_exact_part() -> None:
    assert parse_reference("app").identifier == "latest"
    assert parse_reference("app:1").identifier == "1"
    assert parse_reference(f"app:1@{DIGEST}").identifier == DIGEST


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[a-zA-Z0-9.:/@_\-\[\]]{1,60}"))
def test_parse_reference_reads_what_it_writes_or_refuses(text: str) -> None:
    try:
        found = parse_reference(text)
    except InvalidValue:
        return
    assert parse_reference(str(found)) == found
