from __future__ import annotations

from pathlib import Path

import pytest

from pratique.adapters.folder_feed import FolderFeed
from pratique.errors import FeedError, SourceAbsent


def test_file_is_read_where_it_lies_and_known_again(tmp_path: Path) -> None:
    path = tmp_path / "kev" / "k.json"
    path.parent.mkdir()
    path.write_bytes(b"{}")
    feed = FolderFeed(tmp_path)
    fetched = feed.fetch("kev/k.json", tmp_path / "into")
    assert fetched is not None
    assert (fetched.path, fetched.size) == (path, 2)
    assert feed.fetch("kev/k.json", tmp_path / "into", fetched.etag) is None
    path.write_bytes(b"{ }")
    assert feed.fetch("kev/k.json", tmp_path / "into", fetched.etag) is not None


def test_latest_dated_file_stands_for_the_current_one(tmp_path: Path) -> None:
    for day in ("2026-08-15", "2026-08-16"):
        (tmp_path / f"epss_scores-{day}.csv.gz").write_text(day)
    fetched = FolderFeed(tmp_path).fetch("epss_scores-current.csv.gz", tmp_path)
    assert fetched is not None
    assert fetched.path.read_text() == "2026-08-16"


@pytest.mark.parametrize(
    "location", ["absent.zip", "../outside", "/etc/passwd", "https://example.com/a", "x-current.csv"]
)
def test_what_is_not_in_the_folder_raises(tmp_path: Path, location: str) -> None:
    with pytest.raises(FeedError):
        FolderFeed(tmp_path).fetch(location, tmp_path)


def test_file_that_the_mirror_lacks_is_absent_and_one_that_cannot_be_read_is_not(tmp_path: Path) -> None:
    with pytest.raises(SourceAbsent):
        FolderFeed(tmp_path).fetch("osv/npm/all.zip", tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(FeedError) as caught:
        FolderFeed(tmp_path).fetch("file/all.zip", tmp_path)
    assert not isinstance(caught.value, SourceAbsent)
