from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from pratique.adapters.folder_objects import FolderObjectStore
from pratique.advisories.starter import starter_database
from pratique.model.digest import DiffId
from pratique.model.image import ImageId
from pratique.model.inventory import AnalyzedImage, ImageInventory
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from pratique.services.explain_image import ExplainImage
from pratique.services.image_inventories import ImageInventories
from pratique.wiring import image_answers
from tests.finding_builder import NOON, finding, image_id, report, resolved
from tests.functions.api_client import Api, api

__all__ = ["api"]

PATH = "app/urllib3-1.24.dist-info/METADATA"


@pytest.fixture
def image(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImageId:
    """An image with urllib3 1.24, whose inventory is stored."""
    image = image_id()
    store = api.estate.stores.findings
    store.write(image, resolved(image), report([finding("CVE-2019-11324")]), seq=store.begin(image), tags=[], now=NOON)
    installed = InstalledPackage(
        Package(PackageType.PYPI, "urllib3", "1.24"), "PyPI", (Location(PATH, DiffId("sha256:" + "a" * 64)),)
    )
    inventories = ImageInventories(FolderObjectStore(tmp_path / "objects"))
    inventories.put(image.digest, AnalyzedImage(ImageInventory(None, (installed,)), 1, 1, 1, 0, 0, ""))
    service = ExplainImage(store, inventories, starter_database(tmp_path))
    monkeypatch.setattr(image_answers, "explain_image", lambda as_of: service)
    return image


def explain(api: Api, image: ImageId, about: str) -> dict[str, object]:
    answer = api.get(f"/v1/images/{quote(str(image), safe='')}/explain", about=about)
    assert answer.status == 200
    body: dict[str, object] = answer.body
    return body


def test_explanation_names_candidates_and_comparisons(api: Api, image: ImageId) -> None:
    body = explain(api, image, "urllib3")
    assert body["packages"] == [f"urllib3 1.24 ({PATH})"]
    candidates = body["candidates"]
    assert isinstance(candidates, list)
    told = next(candidate for candidate in candidates if "CVE-2019-11324" in candidate["ids"])
    assert (told["outcome"], told["fixed_version"]) == ("affected", "1.24.2")
    assert "1.24.2" in told["because"]


def test_explanation_tells_what_was_chosen(api: Api, image: ImageId) -> None:
    found = explain(api, image, "CVE-2019-11324")["chosen"]
    assert isinstance(found, list)
    (chosen,) = found
    assert (chosen["id"], chosen["fixed_version"], chosen["host_only"]) == ("CVE-2019-11324", "1.24.2", False)
    assert chosen["ids"][0] == "CVE-2019-11324"


def test_explanation_of_an_id_holds_that_flaw_only(api: Api, image: ImageId) -> None:
    candidates = explain(api, image, "CVE-2019-11324")["candidates"]
    assert isinstance(candidates, list)
    assert candidates
    assert all("CVE-2019-11324" in candidate["ids"] for candidate in candidates)


def test_explanation_of_what_is_not_there_is_empty(api: Api, image: ImageId) -> None:
    body = explain(api, image, "nothing")
    assert (body["packages"], body["candidates"]) == ([], [])


def test_explanation_asks_for_what_to_explain_and_a_known_image(api: Api, image: ImageId) -> None:
    assert api.get(f"/v1/images/{quote(str(image), safe='')}/explain").status == 422
    unknown = quote(str(image_id("unknown")), safe="")
    assert api.get(f"/v1/images/{unknown}/explain", about="urllib3").status == 404


def test_image_of_which_nothing_was_read_says_so(api: Api, image: ImageId) -> None:
    unread = image_id("unread")
    store = api.estate.stores.findings
    store.write(unread, resolved(unread), report(), seq=store.begin(unread), tags=[], now=NOON)
    answer = api.get(f"/v1/images/{quote(str(unread), safe='')}/explain", about="urllib3")
    assert (answer.status, answer.body["detail"]) == (404, "no scan has read anything of this image yet: scan it first")
