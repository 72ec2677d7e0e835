from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from pratique.advisories.sources import Source, source_named
from pratique.errors import FeedError
from pratique.ports.feeds import Fetched
from pratique.services.fetch_updates import fetch_updates
from tests.update_lists import package, repository_index, update, update_list

_LIST = update_list(update("ALAS2-2023-1001", [package("p", "1-1")]))
_OTHER = update_list(update("ALAS2X-2023-001", [package("q", "1-1")]))
_CDN = "https://cdn.amazonlinux.com/2"


class _Repositories:
    """A Feed that serves what stands at whole addresses, and keeps what was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []

    def add(self, mirror_list: str, base: str, body: bytes | None) -> None:
        self.files[mirror_list] = f"{base}\n".encode()
        self.files[f"{base}/repodata/repomd.xml"] = repository_index(body)
        if body is not None:
            self.files[f"{base}/repodata/updateinfo.xml.gz"] = body

    def fetch(self, location: str, into: Path, etag: str = "") -> Fetched | None:
        self.asked.append(location)
        if location not in self.files:
            raise FeedError("the server answers 404", path=location)
        path = into / f"file-{len(self.asked)}"
        path.write_bytes(self.files[location])
        return Fetched(path, "", path.stat().st_size)


def _source(name: str) -> Source:
    found = source_named(name)
    assert found is not None
    return found


@pytest.fixture
def core() -> _Repositories:
    feed = _Repositories()
    feed.add(f"{_CDN}/core/latest/x86_64/mirror.list", f"{_CDN}/core/2.0/x86_64/221a", _LIST)
    return feed


@pytest.fixture
def extras() -> _Repositories:
    feed = _Repositories()
    topics = [{"n": name, "inst": [name], "versions": ["stable"]} for name in ("golang1.19", "docker", "bare")]
    feed.files[f"{_CDN}/extras-catalog.json"] = json.dumps({"version": 1, "topics": topics}).encode()
    for topic, body in (("golang1.19", _LIST), ("docker", _OTHER), ("bare", None)):
        feed.add(f"{_CDN}/extras/{topic}/latest/x86_64/mirror.list", f"{_CDN}/extras/{topic}/1/x86_64/33", body)
    return feed


def test_list_is_found_through_mirror_list_and_index(core: _Repositories, tmp_path: Path) -> None:
    fetched = fetch_updates(core, _source("amazon/2/core"), tmp_path)
    assert fetched is not None
    assert fetched.path.read_bytes() == _LIST
    assert list(tmp_path.iterdir()) == [fetched.path]


def test_unchanged_list_is_not_fetched_again(core: _Repositories, tmp_path: Path) -> None:
    first = fetch_updates(core, _source("amazon/2/core"), tmp_path)
    assert first is not None
    core.asked.clear()
    assert fetch_updates(core, _source("amazon/2/core"), tmp_path, first.etag) is None
    assert not any(url.endswith("updateinfo.xml.gz") for url in core.asked)


def test_next_mirror_serves_where_the_first_is_down(core: _Repositories, tmp_path: Path) -> None:
    listed = f"{_CDN}/core/latest/x86_64/mirror.list"
    core.files[listed] = b"https://down.example/x\n" + core.files[listed]
    fetched = fetch_updates(core, _source("amazon/2/core"), tmp_path)
    assert fetched is not None
    assert fetched.path.read_bytes() == _LIST


def test_list_that_is_not_the_one_of_the_index_is_refused(core: _Repositories, tmp_path: Path) -> None:
    core.files[f"{_CDN}/core/2.0/x86_64/221a/repodata/updateinfo.xml.gz"] = _OTHER
    with pytest.raises(FeedError, match="not the one"):
        fetch_updates(core, _source("amazon/2/core"), tmp_path)


def test_extras_are_one_zip_of_the_topics_that_have_a_list(extras: _Repositories, tmp_path: Path) -> None:
    fetched = fetch_updates(extras, _source("amazon/2/extras"), tmp_path)
    assert fetched is not None
    with zipfile.ZipFile(fetched.path) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == {"docker/updateinfo.xml.gz": _OTHER, "golang1.19/updateinfo.xml.gz": _LIST}
    assert fetch_updates(extras, _source("amazon/2/extras"), tmp_path, fetched.etag) is None


def test_topic_that_fails_fails_the_extras_so_that_the_last_good_ones_stay(
    extras: _Repositories, tmp_path: Path
) -> None:
    del extras.files[f"{_CDN}/extras/docker/1/x86_64/33/repodata/repomd.xml"]
    with pytest.raises(FeedError, match="no mirror"):
        fetch_updates(extras, _source("amazon/2/extras"), tmp_path)


@pytest.mark.parametrize(
    "catalogue", [b"", b"[]", b'{"topics": []}', b'{"topics": [{"n": "../../x"}]}', b'{"topics": [{"n": "a/b"}]}']
)
def test_catalogue_that_is_none_is_refused(extras: _Repositories, tmp_path: Path, catalogue: bytes) -> None:
    extras.files[f"{_CDN}/extras-catalog.json"] = catalogue
    with pytest.raises(FeedError):
        fetch_updates(extras, _source("amazon/2/extras"), tmp_path)


def test_index_over_the_limit_is_refused(core: _Repositories, tmp_path: Path) -> None:
    core.files[f"{_CDN}/core/latest/x86_64/mirror.list"] = b"x" * (5 * 1024 * 1024)
    with pytest.raises(FeedError, match="limit"):
        fetch_updates(core, _source("amazon/2/core"), tmp_path)
