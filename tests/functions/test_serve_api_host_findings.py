from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from pratique.adapters.folder_objects import FolderObjectStore
from pratique.model.image import ImageId
from pratique.model.inventory import AnalyzedImage, ImageInventory
from pratique.model.package import PackageType
from pratique.services.host_findings import HostFindings
from pratique.services.image_inventories import ImageInventories
from pratique.wiring import image_answers
from tests.advisory_files import database_of, fixed_in, installed, record
from tests.finding_builder import NOON, finding, image_id, report, resolved
from tests.functions.api_client import Api, api

__all__ = ["api"]


@pytest.fixture
def image(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImageId:
    """An image with kernel headers, whose inventory is stored."""
    image = image_id()
    store = api.estate.stores.findings
    store.write(image, resolved(image), report([finding("CVE-2019-11324")]), seq=store.begin(image), tags=[], now=NOON)
    headers = installed(PackageType.DEB, "linux-libc-dev", "5.10.1", "Debian:11", source=("linux", "5.10.1"))
    openssl = installed(PackageType.DEB, "openssl", "1.1", "Debian:11")
    inventories = ImageInventories(FolderObjectStore(tmp_path / "objects"))
    inventories.put(image.digest, AnalyzedImage(ImageInventory(None, (headers, openssl)), 1, 1, 1, 0, 0, ""))
    database = database_of(
        tmp_path,
        record("DSA-1-1", "Debian:11", "linux", fixed_in("5.10.2"), upstream=["CVE-1"], summary="A race."),
        record("DSA-2-1", "Debian:11", "openssl", fixed_in("1.2"), upstream=["CVE-2"]),
    )
    service = HostFindings(store, inventories, database)
    monkeypatch.setattr(image_answers, "host_findings", lambda: service)
    return image


def test_host_findings_are_those_of_the_kernel_only(api: Api, image: ImageId) -> None:
    answer = api.get(f"/v1/images/{quote(str(image), safe='')}/host-findings")
    assert answer.status == 200
    (item,) = answer.body["items"]
    assert (item["id"], item["aliases"], item["title"]) == ("CVE-1", ["DSA-1-1"], "A race.")
    (package,) = item["packages"]
    assert (package["name"], package["fixed_version"], package["advisories"]) == (
        "linux-libc-dev",
        "5.10.2",
        ["DSA-1-1"],
    )


def test_host_findings_need_a_known_image(api: Api, image: ImageId) -> None:
    assert api.get(f"/v1/images/{quote(str(image_id('unknown')), safe='')}/host-findings").status == 404
