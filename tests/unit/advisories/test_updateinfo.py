from __future__ import annotations

import gzip
from io import BytesIO

import pytest

from pratique.advisories import updateinfo
from pratique.advisories.updateinfo import Update, read_updates
from pratique.errors import FeedError
from tests.update_lists import package, update, update_list


def _read(body: bytes) -> list[Update]:
    return list(read_updates(BytesIO(body), name="list"))


def test_update_has_its_texts_times_references_and_packages() -> None:
    packages = [package("kernel", "0:4.9.76-3.78.amzn2"), package("bind", "99:9.11.4-26.amzn2", "aarch64")]
    body = update_list(
        update("ALAS2-2018-939", packages, cves=["CVE-2017-5754"], severity="critical", text="a < b & c")
    )
    (found,) = _read(body)
    assert (found.id, found.kind, found.severity, found.description) == (
        "ALAS2-2018-939", "security", "critical", "a < b & c",
    )  # fmt: skip
    assert (found.issued, found.updated) == ("2023-08-07 05:59", "2023-09-25 22:11")
    assert [(one.kind, one.id) for one in found.references] == [("cve", "CVE-2017-5754")]
    assert [(one.name, one.evr, one.architecture) for one in found.packages] == [
        ("kernel", "4.9.76-3.78.amzn2", "x86_64"),
        ("bind", "99:9.11.4-26.amzn2", "aarch64"),
    ]


def test_updates_are_yielded_in_order_whatever_the_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [f"ALAS2-2020-{number}" for number in range(1000, 1040)]
    body = update_list(*(update(identifier, [package("p", "1-1")], text="é" * 50) for identifier in ids))
    monkeypatch.setattr(updateinfo, "_CHUNK", 7)
    found = _read(body)
    assert [one.id for one in found] == ids
    assert {one.description for one in found} == {"é" * 50}


def test_name_of_a_collection_is_not_taken_for_a_text_of_the_update() -> None:
    nested = "<update type='security'><id>A</id><pkglist><collection><title>x</title></collection></pkglist></update>"
    assert [one.title for one in _read(update_list(nested))] == [""]


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE updates [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE updates SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE updates [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_document_that_declares_a_type_or_entities_is_refused(prologue: str) -> None:
    with pytest.raises(FeedError, match="document type"):
        _read(update_list(prologue=prologue))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<updates/>",
        update_list(update("A", []))[:-20],
        gzip.compress(b"<updates><update>"),
        gzip.compress(b"<html></html>"),
        gzip.compress(b"<updates>&undeclared;</updates>"),
    ],
    ids=["empty", "not gzip", "cut short", "not closed", "another root", "undeclared entity"],
)
def test_what_is_no_update_list_raises_a_feed_error(body: bytes) -> None:
    with pytest.raises(FeedError):
        _read(body)


def test_document_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updateinfo, "MAX_BYTES", 500)
    with pytest.raises(FeedError, match="limit"):
        _read(update_list(update("A", [], text="x" * 1000)))


def test_long_text_is_cut_and_too_many_packages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updateinfo, "MAX_TEXT", 10)
    assert [len(one.description) for one in _read(update_list(update("A", [], text="x&" * 1000)))] == [10]
    monkeypatch.setattr(updateinfo, "MAX_PACKAGES", 2)
    with pytest.raises(FeedError, match="more than 2"):
        _read(update_list(update("A", [package("p", "1-1")] * 3)))
