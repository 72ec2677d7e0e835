"""A push becomes an answered query: registry, events, durable functions, workers, tables, stream and HTTP."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pratique.model.image import ImageId
from tests.end_to_end.estate import Estate
from tests.event_schema import problems
from tests.image_builder import build_layout
from tests.look_alikes import eicar

pytestmark = [
    pytest.mark.integration,
    pytest.mark.xdist_group("system"),
    # On this one machine handlers run side by side in threads, which share the metrics that each would have alone.
    pytest.mark.filterwarnings("ignore:No application metrics"),
]

SITE = "usr/local/lib/python3.11/site-packages"
OS_RELEASE = b'ID=debian\nVERSION_ID="12"\n'
STATUS = b"""Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc
Version: 2.36-9+deb12u13

Package: xz-removed
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0
"""


def dist_info(name: str, version: str) -> dict[str, bytes]:
    body = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n".encode()
    return {f"{SITE}/{name}-{version}.dist-info/METADATA": body}


BASE = {
    "etc/os-release": OS_RELEASE,
    "var/lib/dpkg/status": STATUS,
    **dist_info("requests", "2.19.1"),
    **dist_info("PyYAML", "5.1"),
    **dist_info("urllib3", "1.24"),
    "srv/upload/test.com": eicar(),
}
# The second layer upgrades requests, removes PyYAML and leaves urllib3 and the EICAR file.
CHANGE = {
    f"{SITE}/.wh.requests-2.19.1.dist-info": b"",
    f"{SITE}/.wh.PyYAML-5.1.dist-info": b"",
    **dist_info("requests", "2.32.4"),
}
EICAR_SHA256 = hashlib.sha256(eicar()).hexdigest()


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images") / "layout"
    build_layout(folder, [BASE, CHANGE], created_by=["FROM debian:12", "RUN pip install --upgrade requests"])
    return folder


@pytest.fixture(scope="module")
def image(estate: Estate, layout: Path) -> ImageId:
    return estate.scan(layout, "team/push-to-query")


def test_image_is_stored_with_its_distribution_and_layers(estate: Estate, image: ImageId) -> None:
    found = estate.get(estate.path(image))
    assert (found["status"], found["tags"], found["platform"]) == ("partial", ["1.0"], "linux/amd64")
    coverage = found["coverage"]
    assert (coverage["distribution"], coverage["layers"], coverage["layers_read"]) == ("debian 12", 2, 2)
    assert [reason["code"] for reason in coverage["reasons"]] == ["advisories_starter"]
    assert [layer["created_by"] for layer in found["layers"]] == [
        "FROM debian:12",
        "RUN pip install --upgrade requests",
    ]


def test_only_what_is_left_in_the_image_is_found(estate: Estate, image: ImageId) -> None:
    items = estate.get(f"{estate.path(image)}/findings", limit="100", kind="vulnerability")["items"]
    packages = {(package["name"], package["version"]) for item in items for package in item["packages"]}
    assert ("urllib3", "1.24") in packages
    assert not {name for name, _ in packages} & {"PyYAML", "requests", "xz-removed"}
    urllib3 = next(p for item in items for p in item["packages"] if p["name"] == "urllib3")
    assert urllib3["path"] == f"{SITE}/urllib3-1.24.dist-info/METADATA"
    assert urllib3["layer"]["index"] == 0
    assert urllib3["purl"] == "pkg:pypi/urllib3@1.24"
    assert urllib3["fixed_version"]


def test_vulnerability_is_listed_counted_and_leads_to_its_image(estate: Estate, image: ImageId) -> None:
    rows = estate.vulnerabilities(repository=image.repository, instance=image.instance)
    row = next(row for row in rows if row["id"] == "CVE-2019-11324")
    assert row["category"] == "application"
    assert row["images_total"] == 1
    assert sum(row["images"].values()) == 1
    assert row["fix_available"] is True
    page = estate.get(f"/v1/vulnerabilities/{row['id']}/images", repository=image.repository, instance=image.instance)
    assert [item["image"]["id"] for item in page["items"]] == [str(image)]
    library = estate.get(f"/v1/vulnerabilities/{row['id']}")
    assert library["id"] == row["id"]


def test_malicious_sample_is_listed_with_its_place(estate: Estate, image: ImageId) -> None:
    samples = estate.get("/v1/samples", repository=image.repository, instance=image.instance)["items"]
    assert [(sample["sha256"], sample["level"], sample["status"]) for sample in samples] == [
        (EICAR_SHA256, "urgent", "unhandled")
    ]
    places = estate.get(f"/v1/samples/{EICAR_SHA256}/images", repository=image.repository, instance=image.instance)
    files = places["items"][0]["files"]
    assert [(file["path"], file["layer"]["index"], file["removed"]) for file in files] == [
        ("srv/upload/test.com", 0, False)
    ]


def test_scan_and_its_findings_are_announced_once(estate: Estate, image: ImageId) -> None:
    estate.await_(lambda: len(estate.events(str(image))) >= 2 and estate.events(f"IMG#{image}"))
    kinds = [event["detail-type"] for event in [*estate.events(str(image)), *estate.events(f"IMG#{image}")]]
    assert sorted(kinds) == ["Findings changed", "Scan partial", "Urgent sample found"]
    for event in estate.events(str(image)):
        assert problems(event["detail-type"], event["detail"]) == []


def test_second_push_reads_no_layer(estate: Estate, image: ImageId, layout: Path) -> None:
    # With its layers gone from the registry, an image can only be scanned by a scan that reads none.
    assert estate.remove_layer_blobs(layout) == 2
    estate.announce("PUSH", image, "1.1")
    estate.await_(lambda: len(estate.get("/v1/scans", scope=f"IMG#{image}")["items"]) == 2)
    scans = estate.ended_scans(f"IMG#{image}", 2)
    assert [scan["state"] for scan in scans] == ["partial", "partial"]
    assert sorted(estate.get(estate.path(image))["tags"]) == ["1.0", "1.1"]


def test_scan_now_answers_with_a_scan_to_follow(estate: Estate, image: ImageId) -> None:
    scope = f"R#{image.instance}/{image.repository}"
    started = estate.call("POST", "/v1/scans", {"scope": scope})
    assert started.status == 202
    assert started.headers["location"] == f"/v1/scans/{started.json['id']}"
    ended = estate.ended_scans(scope)[0]
    assert (ended["id"], ended["state"], ended["images"], ended["images_done"]) == (
        started.json["id"],
        "partial",
        1,
        1,
    )


def test_image_that_leaves_the_registry_leaves_the_lists(estate: Estate, tmp_path: Path) -> None:
    build_layout(tmp_path / "gone", [{"etc/os-release": OS_RELEASE, **dist_info("urllib3", "1.24.1")}])
    image = estate.scan(tmp_path / "gone", "team/gone")
    assert estate.vulnerabilities(repository="team/gone", instance=image.instance)
    estate.remove_manifest(image)
    estate.announce("DELETE", image, "1.0")
    estate.await_(lambda: not estate.vulnerabilities(repository="team/gone", instance=image.instance))
    assert estate.call("GET", estate.path(image)).status == 404


def test_console_is_served_beside_the_api(estate: Estate) -> None:
    answer = estate.page("/")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
