from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from pratique.advisories.starter import starter_database
from pratique.model.digest import DiffId
from pratique.model.image import ImageId
from pratique.model.inventory import AnalyzedImage, ImageInventory
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from pratique.services.image_inventories import ImageInventories
from pratique.services.image_layers import ImageLayers
from pratique.wiring import image_answers
from tests.fakes.objects import MemoryObjects
from tests.finding_builder import NOON, digest_of, finding, image_id, report, resolved, sample
from tests.functions.api_client import Api, api

__all__ = ["api"]

LOW, HIGH = (DiffId(digest_of(f"content {index}")) for index in range(2))


def installed(name: str, version: str, layer: DiffId, removed_by: DiffId | None = None) -> InstalledPackage:
    path = f"app/{name}-{version}.dist-info/METADATA"
    return InstalledPackage(
        Package(PackageType.PYPI, name, version), "PyPI", (Location(path, layer),), removed_by=removed_by
    )


@pytest.fixture
def image(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImageId:
    """Its upper layer replaced urllib3 1.24 of the lower one, and brought a sample and a package of its own."""
    image, objects = image_id(), MemoryObjects()
    store = api.estate.stores.findings
    found = report([finding("CVE-2099-1", layer=1)], [sample("miner", layer=1)])
    store.write(image, resolved(image, 2), found, seq=store.begin(image), tags=[], now=NOON)
    objects.put(f"images/{image.digest}.json", msgspec.json.encode(resolved(image, 2)))
    packages = (installed("urllib3", "2.2.2", HIGH), installed("idna", "3.7", LOW))
    gone = (installed("urllib3", "1.24", LOW, removed_by=HIGH),)
    ImageInventories(objects).put(image.digest, AnalyzedImage(ImageInventory(None, packages, gone), 2, 2, 9, 0, 0, ""))
    service = ImageLayers(store, objects, starter_database(tmp_path))
    monkeypatch.setattr(image_answers, "image_layers", lambda: service)
    return image


def layers(api: Api, image: ImageId, **query: str) -> Any:
    return api.get(f"/v1/images/{quote(str(image), safe='')}/layers", **query)


def names(part: dict[str, Any]) -> list[str]:
    assert part["total"] == len(part["items"])
    return [f"{item['name']} {item['version']}" for item in part["items"]]


def test_layers_tell_what_they_brought_and_removed(api: Api, image: ImageId) -> None:
    low, high = layers(api, image).body["items"]
    assert (low["index"], low["digest"], low["diff_id"], low["size"], low["created_by"]) == (
        0, digest_of("layer 0"), LOW, 1000, "RUN step 0",
    )  # fmt: skip
    assert names(low["packages_brought"]) == ["idna 3.7", "urllib3 1.24"]
    assert names(low["packages_removed"]) == []
    assert names(high["packages_brought"]) == ["urllib3 2.2.2"]
    assert names(high["packages_removed"]) == ["urllib3 1.24"]
    assert high["vulnerabilities_brought"] == {"total": 1, "items": [{"id": "CVE-2099-1", "priority": "high"}]}
    assert "CVE-2019-11324" in [item["id"] for item in high["vulnerabilities_removed"]["items"]]
    assert low["vulnerabilities_brought"]["total"] == low["vulnerabilities_removed"]["total"] == 0
    assert [item["name"] for item in high["samples_brought"]["items"]] == ["miner"]
    assert high["vulnerabilities"] == {"high": 1, "medium": 0, "low": 0}
    assert (low["vulnerabilities"]["high"], high["samples"]["urgent"]) == (0, 1)


def test_one_layer_is_told_alone(api: Api, image: ImageId) -> None:
    (high,) = layers(api, image, index="1").body["items"]
    assert high["diff_id"] == HIGH
    assert layers(api, image, index="2").status == 404
    assert layers(api, image, index="x").status == 422


def test_layers_of_an_unknown_image_are_not_found(api: Api, image: ImageId) -> None:
    assert layers(api, image_id("unknown")).status == 404
