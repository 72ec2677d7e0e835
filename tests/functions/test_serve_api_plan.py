from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from msgspec import structs

from pratique.adapters.folder_objects import FolderObjectStore
from pratique.model.base_image import BaseFoundBy, BaseImage
from pratique.model.digest import DiffId
from pratique.model.image import Image, ImageId
from pratique.model.inventory import AnalyzedImage, ImageInventory
from pratique.model.package import PackageType
from pratique.services.image_inventories import ImageInventories
from pratique.services.plan_image import PlanImage
from pratique.services.report_image import ReportImage
from pratique.wiring import image_answers
from tests.advisory_files import database_of, fixed_in, installed, record
from tests.finding_builder import NOON, digest_of, finding, image_id, report, resolved
from tests.functions.api_client import Api, api

__all__ = ["api"]

SHOP, OLD, NEW = image_id(), image_id("old", "base/debian"), image_id("new", "base/debian")


@pytest.fixture(autouse=True)
def images(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop on an old base, and a newer base without one of its two flaws."""
    objects = FolderObjectStore(tmp_path / "objects")
    base = BaseImage(1, BaseFoundBy.KNOWN_IMAGE, "base/debian:12", OLD.digest, str(OLD))
    store(api, objects, structs.replace(resolved(SHOP), base=base), SHOP, "CVE-2026-1", "CVE-2026-2")
    for image, created, ids in (
        (OLD, "2026-01-01", ("CVE-2026-1", "CVE-2026-2")),
        (NEW, "2026-02-01", ("CVE-2026-2",)),
    ):
        store(api, objects, structs.replace(resolved(image, 1), created=created), image, *ids)
    package = installed(PackageType.DEB, "openssl", "3.0.11-1", "Debian:12")
    placed = structs.replace(
        package, locations=(structs.replace(package.locations[0], layer=DiffId(digest_of("content 0"))),)
    )
    ImageInventories(objects).put(SHOP.digest, AnalyzedImage(ImageInventory(None, (placed,)), 2, 2, 1, 0, 0, ""))
    records = (
        record("CVE-2026-1", "Debian:12", "openssl", fixed_in("3.0.15-1")),
        record("CVE-2026-2", "Debian:12", "openssl", [{"introduced": "0"}]),
    )
    service = PlanImage(api.estate.stores.findings, objects, database_of(tmp_path, *records))
    monkeypatch.setattr(image_answers, "plan_image", lambda: service)
    stores = api.estate.stores
    reporter = ReportImage(
        stores.findings, objects, service.database, api.estate.clock, stores.allow_list, stores.suppressions
    )
    monkeypatch.setattr(image_answers, "report_image", lambda: reporter)


def store(api: Api, objects: FolderObjectStore, built: Image, image: ImageId, *ids: str) -> None:
    objects.put(f"images/{image.digest}.json", msgspec.json.encode(built))
    findings = api.estate.stores.findings
    seq = findings.begin(image)
    findings.write(image, built, report([finding(one) for one in ids]), seq=seq, tags=["12"], now=NOON)


def test_plan_says_what_to_do_what_it_removes_and_what_is_left(api: Api) -> None:
    body = api.get(f"/v1/images/{quote(str(SHOP), safe='')}/fix-plan").body
    assert (body["findings"], body["removed"]) == (2, 1)
    (step,) = body["steps"]
    assert (step["owner"], step["removes"]) == ("base", [{"id": "CVE-2026-1", "priority": "medium"}])
    assert step["packages"][0]["target"] == "3.0.15-1"
    assert [left["id"] for left in body["left"]] == ["CVE-2026-2"]
    assert body["base"]["known_as"] == str(OLD)


def test_plan_names_newer_builds_of_the_base_and_what_they_would_remove(api: Api) -> None:
    body = api.get(f"/v1/images/{quote(str(SHOP), safe='')}/fix-plan").body
    assert body["newer_bases"] == [
        {"image": str(NEW), "tags": ["12"], "created": "2026-02-01", "removes": ["CVE-2026-1"], "keeps": ["CVE-2026-2"]}
    ]


def test_plan_of_an_image_that_is_not_known_is_not_found(api: Api) -> None:
    assert api.get(f"/v1/images/{quote(str(image_id('unknown')), safe='')}/fix-plan").status == 404
