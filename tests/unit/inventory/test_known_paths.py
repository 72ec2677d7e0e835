"""Known paths meet a layer's names folder by folder, and only in the folders that both have."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pratique.inventory.known_paths import KnownPaths

_paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


class _Counted(dict[str, str]):
    """Names that count how often they are asked for."""

    asked = 0

    def __getitem__(self, folder: str) -> str:
        self.asked += 1
        return super().__getitem__(folder)


@given(st.lists(_paths), st.lists(_paths), st.dictionaries(_paths | st.just(""), st.sampled_from(["a", "a/b", "c/b"])))
def test_paths_and_their_folders_are_found_among_names(
    paths: list[str], gone: list[str], names: dict[str, str]
) -> None:
    known = KnownPaths(paths)
    known.forget(gone)
    folders = {path[:end] for path in paths for end, letter in enumerate(path) if letter == "/"}
    placed = {
        f"{folder}/{name}".removeprefix("/") for folder, of_folder in names.items() for name in of_folder.split("/")
    }
    assert known.paths == set(paths) - set(gone)
    assert known.folders == folders | {""}
    assert known.among(names) == placed & (set(paths) | folders)


def test_only_folders_that_both_have_are_looked_at() -> None:
    few, many = ["srv/a", "opt/b"], [f"srv/{number}/a" for number in range(1000)]
    names = _Counted({f"srv/{number}": "a/b" for number in range(1000)} | {"srv": "a"})
    assert KnownPaths(few).among(names) == {"srv/a"}
    assert names.asked == 1
    names = _Counted({"srv/7": "a", "usr": "b"})
    assert KnownPaths(many).among(names) == {"srv/7/a"}
    assert names.asked == 1
