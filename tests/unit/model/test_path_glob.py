from __future__ import annotations

import pytest

from pratique.model.path_glob import path_fits


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("opt/*", "opt/a", True),
        ("/opt/*", "opt/a", True),
        ("opt/*", "opt/a/b", False),
        ("opt/**", "opt/a/b", True),
        ("**/a.py", "a.py", True),
        ("**/a.py", "x/y/a.py", True),
        ("**/a.py", "x/ba.py", False),
        ("a?.py", "ab.py", True),
        ("a?.py", "a/.py", False),
        ("a.py", "axpy", False),
        ("[a].py", "[a].py", True),
        ("a/*", "a/new\nline", True),
        ("opt/**", "opt", False),
        ("**", "a", True),
        ("a/**/b/**/c", "a/b/b/x/c", True),
        ("a/**/b/**/c", "a/x/c", False),
        ("*a" * 40 + "b", "a" * 4000, False),
        ("**/a/" * 40 + "b", "a/" * 400 + "c", False),
    ],
)
def test_path_glob_is_whole_and_stays_inside_folders(glob: str, path: str, *, fits: bool) -> None:
    assert path_fits(glob, path) is fits
