from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from pratique.adapters.folder_feed import FolderFeed
from pratique.model.image import ImageId
from pratique.model.inventory import AnalyzedImage, ImageInventory
from pratique.model.package import PackageType
from pratique.services.image_inventories import ImageInventories
from pratique.services.update_advisories import UpdateAdvisories
from pratique.wiring import advisory_databases, image_answers
from tests.advisory_files import fixed_in, installed, record, write_zip
from tests.fakes.clock import FakeClock
from tests.fakes.objects import MemoryObjects
from tests.finding_builder import NOON, finding, image_id, report, resolved
from tests.functions.api_client import Answer, Api, api

__all__ = ["api"]


@pytest.fixture
def image(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImageId:
    """An image with a package of which a flaw was known on 1 November, and another one two days later."""
    image = image_id()
    store = api.estate.stores.findings
    store.write(image, resolved(image), report([finding("CVE-2")]), seq=store.begin(image), tags=[], now=NOON)
    objects = MemoryObjects()
    lib = installed(PackageType.NPM, "lib", "1.0.0", "npm", path="app/node_modules/lib/package.json")
    ImageInventories(objects).put(image.digest, AnalyzedImage(ImageInventory(None, (lib,)), 1, 1, 1, 0, 0, ""))
    clock = FakeClock()
    update = UpdateAdvisories(objects, FolderFeed(tmp_path / "mirror"), clock, tmp_path / "work", mirrored=True)
    flaws = [record(f"GHSA-{n}", "npm", "lib", fixed_in(f"1.0.{n}"), aliases=[f"CVE-{n}"]) for n in (1, 2)]
    for known in (flaws[:1], flaws):
        write_zip(tmp_path / "mirror/osv/npm/all.zip", known)
        update()
        clock.move(days=2)
    monkeypatch.setattr(image_answers, "objects", lambda: objects)
    monkeypatch.setattr(image_answers, "stores", lambda: api.estate.stores)
    monkeypatch.setattr(advisory_databases, "objects", lambda: objects)
    monkeypatch.setattr(advisory_databases, "_FOLDER", tmp_path / "databases")
    return image


def _ask(api: Api, image: ImageId, question: str, **parameters: str) -> Answer:
    return api.get(f"/v1/images/{quote(str(image), safe='')}/{question}", **parameters)


@pytest.mark.parametrize(("as_of", "ids"), [("2026-11-02", ["CVE-1"]), ("2026-11-04", ["CVE-1", "CVE-2"])])
def test_findings_are_those_that_were_known_then(api: Api, image: ImageId, as_of: str, ids: list[str]) -> None:
    answer = _ask(api, image, "past-findings", as_of=as_of)
    assert answer.status == 200
    assert sorted(item["id"] for item in answer.body["items"]) == ids
    again = _ask(api, image, "past-findings", as_of=answer.body["revision"])
    assert again.body == answer.body


def test_explanation_as_of_a_date_names_the_revision_that_was_asked(api: Api, image: ImageId) -> None:
    before, now = (
        _ask(api, image, "explain", about="lib", as_of="2026-11-02").body,
        _ask(api, image, "explain", about="lib").body,
    )
    assert before["revision"] != now["revision"]
    assert [one["advisory"] for one in before["candidates"]] == ["GHSA-1"]
    assert [one["advisory"] for one in now["candidates"]] == ["GHSA-1", "GHSA-2"]


@pytest.mark.parametrize("question", ["past-findings", "explain"])
@pytest.mark.parametrize("as_of", ["2026-10-01", "0" * 20, "last week"])
def test_what_is_not_kept_is_refused_with_the_reason(api: Api, image: ImageId, question: str, as_of: str) -> None:
    more = {"about": "lib"} if question == "explain" else {}
    answer = _ask(api, image, question, as_of=as_of, **more)
    assert answer.status == 400
    told = "is no date, time or revision" if as_of == "last week" else "the oldest of 2 is"
    assert told in answer.body["detail"]


def test_past_findings_need_a_known_image_and_a_time(api: Api, image: ImageId) -> None:
    assert _ask(api, image_id("unknown"), "past-findings", as_of="2026-11-04").status == 404
    assert _ask(api, image, "past-findings").status == 422
