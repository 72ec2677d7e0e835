"""Fetches the update lists of rpm repositories: mirror list, repository index, then the list that it names."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from pratique.advisories.repomd import RepositoryFile, read_mirror_list, update_list_of
from pratique.advisories.sources import Format, Source
from pratique.errors import FeedError
from pratique.ports.feeds import Feed, Fetched

MAX_INDEX = 4 * 1024 * 1024
"""Bytes of a mirror list, a repository index or a catalogue; a larger one is refused."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


class _Topic(msgspec.Struct):
    name: str = msgspec.field(name="n")


class _Catalogue(msgspec.Struct):
    topics: list[_Topic]


def fetch_updates(feed: Feed, source: Source, folder: Path, etag: str = "") -> Fetched | None:
    """Fetch the update lists behind ``source.url`` into ``folder``; None where they are still what ``etag`` names.

    For `Format.UPDATEINFO` the URL is a repository's mirror list; for `Format.UPDATEINFO_ZIP` a catalogue of extras
    repositories, whose lists are put into one zip as ``<topic>/updateinfo.xml.gz``.  The validator is made of the
    SHA-256 sums that the repositories publish, which are checked.  Raises FeedError where anything is missing.
    """
    if source.format is Format.UPDATEINFO:
        base, listed = _locate(feed, source.url, folder)
        if listed is None:
            raise FeedError("the repository has no update list", path=base)
        if listed.sha256 == etag:
            return None
        path = _fetch_list(feed, base, listed, folder)
        return Fetched(path, listed.sha256, path.stat().st_size)
    return _fetch_topics(feed, source, folder, etag)


def _fetch_topics(feed: Feed, source: Source, folder: Path, etag: str) -> Fetched | None:
    try:
        catalogue = msgspec.json.decode(_read(feed, source.url, folder), type=_Catalogue)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FeedError(f"the catalogue of extras cannot be read: {error}", path=source.url) from error
    lists: dict[str, tuple[str, RepositoryFile]] = {}
    for topic in sorted({topic.name for topic in catalogue.topics}):
        base, listed = _locate(feed, _topic_url(source.url, topic), folder)
        if listed is not None:
            lists[topic] = base, listed
    if not lists:
        raise FeedError("no extras repository has an update list", path=source.url)
    summary = "\n".join(f"{topic} {listed.sha256}" for topic, (_, listed) in lists.items())
    found = hashlib.sha256(summary.encode()).hexdigest()
    return None if found == etag else _zipped(feed, lists, folder, found)


def _zipped(feed: Feed, lists: Mapping[str, tuple[str, RepositoryFile]], folder: Path, etag: str) -> Fetched:
    target = folder / f"{etag[:24]}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for topic, (base, listed) in lists.items():
            path = _fetch_list(feed, base, listed, folder)
            archive.writestr(zipfile.ZipInfo(f"{topic}/updateinfo.xml.gz", _EPOCH), path.read_bytes())
            path.unlink(missing_ok=True)
    return Fetched(target, etag, target.stat().st_size)


def _topic_url(catalogue: str, topic: str) -> str:
    if not topic or not all(character.isalnum() or character in ".+-_" for character in topic):
        raise FeedError("the catalogue of extras names something that is no topic", path=topic[:100])
    return f"{catalogue.rpartition('/')[0]}/extras/{topic}/latest/x86_64/mirror.list"


def _locate(feed: Feed, mirror_list: str, folder: Path) -> tuple[str, RepositoryFile | None]:
    """Return the first mirror that answers with an index, and the update list of that index (None: it has none)."""
    problem: FeedError | None = None
    for base in read_mirror_list(_read(feed, mirror_list, folder)):
        try:
            return base, update_list_of(_read(feed, f"{base}repodata/repomd.xml", folder))
        except FeedError as error:
            problem = error
    raise FeedError(f"no mirror has the repository: {problem}", path=mirror_list, retryable=True) from problem


def _fetch_list(feed: Feed, base: str, listed: RepositoryFile, folder: Path) -> Path:
    path = _fetch(feed, base + listed.location, folder)
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != listed.sha256:
        raise FeedError("the update list is not the one that its repository's index names", path=base, retryable=True)
    return path


def _read(feed: Feed, url: str, folder: Path) -> bytes:
    path = _fetch(feed, url, folder)
    try:
        if path.stat().st_size > MAX_INDEX:
            raise FeedError(f"the file is over the limit of {MAX_INDEX} bytes", path=url)
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)


def _fetch(feed: Feed, url: str, folder: Path) -> Path:
    fetched = feed.fetch(url, folder)
    if fetched is None:
        raise FeedError("unchanged, though nothing was known of it", path=url, retryable=True)
    return fetched.path
