from __future__ import annotations

import pytest

from pratique.advisories.repomd import read_mirror_list, update_list_of
from pratique.errors import FeedError
from tests.update_lists import repository_index


def test_mirrors_are_asked_over_https_and_end_in_a_slash() -> None:
    body = b"http://one.example/2018.03/updates/c5/x86_64\nhttps://two.example/al2023/$basearch/\n\nftp://x\n"
    assert read_mirror_list(body) == (
        "https://one.example/2018.03/updates/c5/x86_64/",
        "https://two.example/al2023/x86_64/",
    )


def test_mirror_list_without_a_mirror_is_refused() -> None:
    with pytest.raises(FeedError):
        read_mirror_list(b"<html>down</html>\n")


def test_index_names_the_update_list_and_its_checksum() -> None:
    found = update_list_of(repository_index(b"list"))
    assert found is not None
    assert found.location == "repodata/updateinfo.xml.gz"
    assert len(found.sha256) == 64
    assert found.sha256 != "0" * 64


def test_index_without_an_update_list_is_none() -> None:
    assert update_list_of(repository_index(None)) is None


@pytest.mark.parametrize("location", ["https://evil.example/x", "/etc/passwd", "repodata/../../x"])
def test_index_that_names_a_file_outside_is_refused(location: str) -> None:
    with pytest.raises(FeedError, match="outside"):
        update_list_of(repository_index(b"list", location))


@pytest.mark.parametrize("body", [b"", b"<repomd>", b"<html/>", b"<!DOCTYPE repomd><repomd/>"])
def test_what_is_no_index_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError):
        update_list_of(body)
