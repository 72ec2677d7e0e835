from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from pratique.console.files import ConsoleFiles

CONSOLE = Path(__file__).resolve().parents[3] / "console"


@pytest.fixture
def files(tmp_path: Path) -> ConsoleFiles:
    folder = tmp_path / "console"
    (folder / "views").mkdir(parents=True)
    (folder / "index.html").write_text('<script type="module" src="/static/main.js"></script>')
    (folder / "main.js").write_text("import './views/a.js';")
    (folder / "views" / "a.js").write_text("export {};")
    (folder / "notes.md").write_text("not for browsers")
    (tmp_path / "secret.txt").write_text("secret")
    return ConsoleFiles(folder)


@pytest.mark.parametrize("path", ["/", "/system", "/image/a%2Fb.js@sha256:1", "/../secret.txt", "/%00"])
def test_every_view_is_the_page(files: ConsoleFiles, path: str) -> None:
    answer = files.answer(path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f"/static/{files.revision}/main.js" in answer.body.decode()
    assert answer.headers["cache-control"] == "no-cache"


def test_files_are_kept_for_good_under_the_hash_of_them_all(files: ConsoleFiles) -> None:
    answer = files.answer(f"/static/{files.revision}/views/a.js")
    assert (answer.status, answer.body) == (200, b"export {};")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("name", ["../secret.txt", "../../secret.txt", "notes.md", "", "nothing.js"])
def test_nothing_else_is_served(files: ConsoleFiles, name: str) -> None:
    assert files.answer(f"/static/{files.revision}/{name}").status == 404


def test_files_of_another_revision_are_not_mixed_in(files: ConsoleFiles) -> None:
    answer = files.answer("/static/0123456789abcdef/main.js")
    assert (answer.status, answer.headers["cache-control"]) == (404, "no-store")


def test_a_changed_file_changes_every_address(files: ConsoleFiles, tmp_path: Path) -> None:
    (tmp_path / "console" / "views" / "a.js").write_text("export { a };")
    assert ConsoleFiles(tmp_path / "console").revision != files.revision


def test_bodies_are_compressed_for_who_takes_it(files: ConsoleFiles) -> None:
    packed = files.answer("/", accepts="gzip, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == files.answer("/").body


def test_page_runs_nothing_but_its_own_files(files: ConsoleFiles) -> None:
    policy = files.answer("/", connects="https://login.example.test").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["connect-src"] == "'self' https://login.example.test"
    assert "unsafe" not in policy


def test_own_files_make_no_markup_from_text() -> None:
    own = [path for path in CONSOLE.rglob("*.js") if "vendor" not in path.parts]
    assert len(own) > 20
    for path in own:
        source = path.read_text()
        for banned in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert banned not in source, (path.name, banned)


def test_page_names_nothing_inline_and_no_other_host() -> None:
    page = (CONSOLE / "index.html").read_text()
    assert "<style" not in page
    assert " style=" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<script") == page.count("src=")
