from __future__ import annotations

from pathlib import Path

import pytest

from pratique.adapters.folder_objects import FolderObjectStore
from pratique.errors import InvalidValue, StoreError


def test_folder_store_returns_what_was_put(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path / "deep" / "cache")
    assert store.get("layers/sha256:a/b.json.zst") is None
    store.put("layers/sha256:a/b.json.zst", b"one")
    store.put("layers/sha256:a/b.json.zst", b"two")
    assert store.get("layers/sha256:a/b.json.zst") == b"two"


def test_folder_store_puts_only_what_is_absent(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path)
    assert store.put_if_absent("a/b", b"one")
    assert not store.put_if_absent("a/b", b"two")
    assert store.get("a/b") == b"one"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_folder_store_lists_keys_of_a_prefix_in_order(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path)
    for key in ("b/2", "a/1", "b/1"):
        store.put(key, b"")
    assert list(store.keys("b/")) == ["b/1", "b/2"]
    assert list(store.keys("")) == ["a/1", "b/1", "b/2"]


@pytest.mark.parametrize("key", ["", "/a", "../a", "a/../b", "a//b", ".hidden"])
def test_folder_store_refuses_keys_that_leave_its_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(InvalidValue):
        FolderObjectStore(tmp_path).put(key, b"")


def test_folder_store_says_that_a_folder_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a file where a folder is needed")
    store = FolderObjectStore(tmp_path)
    with pytest.raises(StoreError):
        store.put("a/b", b"")
    with pytest.raises(StoreError):
        store.put_if_absent("a/b", b"")
    with pytest.raises(StoreError):
        store.get("a/b")
