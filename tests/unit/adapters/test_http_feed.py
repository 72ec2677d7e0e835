from __future__ import annotations

from pathlib import Path

import pytest

from pratique.adapters.http_feed import HttpFeed
from pratique.errors import FeedError, SourceAbsent
from tests.scripted_server import Asked, Told, scripted


def test_file_is_fetched_from_under_the_mirror_with_its_validator(tmp_path: Path) -> None:
    with scripted(lambda asked: Told(body=asked.path.encode(), headers={"ETag": '"v1"'})) as server:
        fetched = HttpFeed(f"{server.url}/mirror/").fetch("osv/Azure Linux/all.zip", tmp_path)
    assert fetched is not None
    assert fetched.path.read_bytes() == b"/mirror/osv/Azure%20Linux/all.zip"
    assert (fetched.etag, fetched.size) == ('"v1"', 33)


def test_unchanged_file_is_not_fetched_again(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Told:
        return Told(304) if asked.headers.get("If-None-Match") == '"v1"' else Told(body=b"x")

    with scripted(answer) as server:
        assert HttpFeed(server.url).fetch("a", tmp_path, '"v1"') is None
        assert HttpFeed(server.url).fetch("a", tmp_path, '"v0"') is not None


@pytest.mark.parametrize(("status", "retryable"), [(404, False), (403, False), (503, True), (429, True)])
def test_refusals_raise_and_say_whether_to_try_again(tmp_path: Path, status: int, retryable: bool) -> None:
    with scripted(lambda asked: Told(status)) as server, pytest.raises(FeedError) as caught:
        HttpFeed(server.url).fetch("a", tmp_path)
    assert caught.value.retryable is retryable


def test_mirror_without_the_file_is_told_from_a_host_that_lost_it(tmp_path: Path) -> None:
    with scripted(lambda asked: Told(404)) as server:
        with pytest.raises(SourceAbsent):
            HttpFeed(server.url).fetch("osv/npm/all.zip", tmp_path)
        with pytest.raises(FeedError) as caught:
            HttpFeed().fetch(f"{server.url}/osv/npm/all.zip", tmp_path)
        assert not isinstance(caught.value, SourceAbsent)


def test_redirects_are_followed_and_counted(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Told:
        if asked.path == "/a":
            return Told(302, headers={"Location": "/b"})
        return Told(302, headers={"Location": asked.path}) if asked.path == "/loop" else Told(body=b"there")

    with scripted(answer) as server:
        fetched = HttpFeed(server.url).fetch("a", tmp_path)
        assert fetched is not None
        assert fetched.path.read_bytes() == b"there"
        with pytest.raises(FeedError, match="too many redirects"):
            HttpFeed(server.url).fetch("loop", tmp_path)


@pytest.mark.parametrize("url", ["http://example.com/a", "ftp://example.com/a", "file:///etc/passwd", "https:///a"])
def test_only_https_and_this_machine_are_spoken_to(tmp_path: Path, url: str) -> None:
    with pytest.raises(FeedError, match="https only"):
        HttpFeed().fetch(url, tmp_path)


def test_redirect_to_plain_http_elsewhere_is_refused(tmp_path: Path) -> None:
    with (
        scripted(lambda asked: Told(302, headers={"Location": "http://example.com/a"})) as server,
        pytest.raises(FeedError, match="https only"),
    ):
        HttpFeed(server.url).fetch("a", tmp_path)


def test_file_over_the_limit_is_refused_and_leaves_nothing_whole(tmp_path: Path) -> None:
    with scripted(lambda asked: Told(body=b"x" * 5000)) as server, pytest.raises(FeedError, match="limit"):
        HttpFeed(server.url, max_bytes=4000).fetch("a", tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]


def test_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Told:
        return Told(body=iter([b"half"]), headers={"Content-Length": "8"})

    with scripted(answer) as server, pytest.raises(FeedError) as caught:
        HttpFeed(server.url).fetch("a", tmp_path)
    assert caught.value.retryable


def test_slow_file_is_given_up(tmp_path: Path) -> None:
    with scripted(lambda asked: Told(body=b"x")) as server, pytest.raises(FeedError, match="not whole after"):
        HttpFeed(server.url, seconds=-1).fetch("a", tmp_path)


def test_host_that_cannot_be_reached_raises_retryable(tmp_path: Path) -> None:
    with scripted(lambda asked: Told()) as server:
        url = server.url
    with pytest.raises(FeedError) as caught:
        HttpFeed(url).fetch("a", tmp_path)
    assert caught.value.retryable
