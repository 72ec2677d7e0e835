"""The deployed handler: vulnerabilities, images, and what all answers have in common."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
import pytest

from tests.finding_builder import digest_of, resolved
from tests.functions.api_client import EVENT, Api, api, invoke
from tests.functions.seeded_api import DESK, SHOP, estate

__all__ = ["api", "estate"]


def test_sample_event_is_answered(estate: Api) -> None:
    answer = invoke(EVENT)
    assert answer.status == 200
    assert [row["id"] for row in answer.body["items"]] == ["CVE-2024-1"]


def test_overview_adds_up(estate: Api) -> None:
    body = estate.get("/v1/overview").body
    assert (body["images"]["total"], body["images"]["high"], body["images"]["scanned"]) == (2, 2, 2)
    assert body["vulnerabilities"] == {
        "system": {"high": 1, "medium": 0, "low": 0},
        "application": {"high": 0, "medium": 0, "low": 1},
    }
    assert body["samples"] == {"urgent": 1, "warning": 0, "notice": 0}


def test_vulnerabilities_are_listed_with_their_images(estate: Api) -> None:
    first, second = estate.get("/v1/vulnerabilities").body["items"]
    assert (first["id"], first["images"]["high"], first["images_total"], first["cvss"]) == ("CVE-2024-1", 2, 2, 9.8)
    assert (second["id"], second["category"], second["fix_available"]) == ("CVE-2024-2", "application", True)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"category": "application"}, ["CVE-2024-2"]),
        ({"priority": "high"}, ["CVE-2024-1"]),
        ({"repository": "desk"}, ["CVE-2024-1"]),
        ({"namespace": ""}, ["CVE-2024-1"]),
        ({"namespace": "team"}, ["CVE-2024-1", "CVE-2024-2"]),
        ({"instance": "elsewhere"}, []),
        ({"package": "django"}, ["CVE-2024-2"]),
        ({"name": "CVE-2024-2"}, ["CVE-2024-2"]),
    ],
)
def test_vulnerabilities_are_filtered(estate: Api, query: dict[str, str], ids: list[str]) -> None:
    assert [row["id"] for row in estate.get("/v1/vulnerabilities", **query).body["items"]] == ids


def test_list_goes_on_with_its_cursor_until_the_end(estate: Api) -> None:
    first = estate.get("/v1/vulnerabilities", limit="1").body
    second = estate.get("/v1/vulnerabilities", limit="1", cursor=first["next_cursor"]).body
    assert [row["id"] for page in (first, second) for row in page["items"]] == ["CVE-2024-1", "CVE-2024-2"]
    assert (first["total"], second["next_cursor"]) == (2, None)


def test_cursor_of_another_filter_is_refused(estate: Api) -> None:
    cursor = estate.get("/v1/vulnerabilities", limit="1").body["next_cursor"]
    answer = estate.get("/v1/vulnerabilities", limit="1", priority="low", cursor=cursor)
    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert "cursor" in answer.body["detail"]


def test_vulnerability_page_has_ratings_and_solution(estate: Api) -> None:
    body = estate.get("/v1/vulnerabilities/CVE-2024-1").body
    (rating,) = body["ratings"]
    assert rating == {
        "source": "nvd", "severity": "critical", "vector": "CVSS:3.1/AV:N", "score": 9.8,
        "metrics": [
            {"written": "AV:N", "name": "Attack vector", "meaning": "From anywhere that reaches it over a network"}
        ],
        "specification": "https://www.first.org/cvss/v3.1/specification-document",
    }  # fmt: skip
    assert body["exploitation"]["epss"] == 0.5
    assert [score["epss"] for score in body["epss_seen"]] == [0.5]
    assert [one["id"] for one in body["weakness_names"]] == body["weaknesses"]
    assert body["solution"]
    assert body["images"] == {"high": 2, "medium": 0, "low": 0}


def test_affected_images_show_package_path_and_layer(estate: Api) -> None:
    page = estate.get("/v1/vulnerabilities/CVE-2024-2/images").body
    (row,) = page["items"]
    assert row["image"]["id"] == str(SHOP)
    (package,) = row["packages"]
    assert (package["name"], package["path"]) == ("django", "usr/lib/python3/django/METADATA")
    assert package["layer"] == {
        "diff_id": digest_of("content 0"), "index": 0, "created_by": "RUN step 0", "origin": "application",
    }  # fmt: skip
    assert (package["origin"], row["origin"]) == ("application", "application")


def test_image_findings_tell_what_can_break_and_what_to_change(estate: Api) -> None:
    (row,) = estate.get("/v1/vulnerabilities/CVE-2024-2/images").body["items"]
    items = estate.get(f"/v1/images/{quote(str(SHOP), safe='')}/findings", kind="vulnerability", limit="100").body[
        "items"
    ]
    (found,) = (one for one in items if one["id"] == "CVE-2024-2")
    for name in ("dockerfile", "caution", "prevention", "references"):
        assert found[name] == row[name] != ""


@pytest.mark.parametrize("path", [f"/v1/images/{SHOP}", f"/v1/images/{quote(str(SHOP), safe='')}"])
def test_image_is_found_by_its_id_decoded_or_not(estate: Api, path: str) -> None:
    body = estate.get(path).body
    assert (body["id"], body["repository"], body["namespace"]) == (str(SHOP), "team/shop", "team")
    assert (body["tags"], body["status"], body["platform"]) == (["1.4.2"], "complete", "linux/amd64")
    assert [layer["index"] for layer in body["layers"]] == [0, 1]
    assert body["coverage"]["packages"] == 88
    assert body["coverage"]["left_out"] == [{"why": "not_selected", "files": 90, "bytes": 9000}]


def test_image_findings_are_of_two_kinds(estate: Api) -> None:
    path = f"/v1/images/{SHOP}/findings"
    items = estate.get(path).body["items"]
    assert [item["kind"] for item in items] == ["sample", "vulnerability", "vulnerability"]
    assert items[0]["rules"][0]["rule"] == "rule_miner"
    assert [item["id"] for item in estate.get(path, kind="vulnerability", priority="low").body["items"]] == [
        "CVE-2024-2"
    ]


def test_images_are_listed_by_risk(estate: Api) -> None:
    body = estate.get("/v1/images", repository_name="desk").body
    assert [row["id"] for row in body["items"]] == [str(DESK)]
    assert estate.get("/v1/images", risk="clean").body["items"] == []


def test_dry_run_answers_an_estimate_and_starts_nothing(estate: Api) -> None:
    for image in (SHOP, DESK):
        body = msgspec.json.encode(resolved(image))
        estate.objects.put(f"images/{image.digest}.json", body)
    answer = estate.call("POST", "/v1/scans", body={"scope": "ALL", "dry_run": True})
    assert answer.status == 200
    expected = {"scope": "ALL", "images": 2, "looked_at": 2, "unresolved": 0, "layers_unread": 2, "bytes": 2001}
    assert {name: answer.body[name] for name in expected} == expected
    assert 0 < answer.body["dollars"] < 0.01
    first, second = resolved(SHOP).layers
    estate.estate.stores.layers.finish(first.diff_id, "v1", "worker", "key")
    assert estate.call("POST", "/v1/scans", body={"dry_run": True}).body["bytes"] == second.size
    estate.estate.stores.layers.finish(second.diff_id, "v2", "worker", "key")
    assert estate.call("POST", "/v1/scans", body={"dry_run": True}).body["bytes"] == first.size
    assert estate.starter.started == []


def test_answer_that_the_caller_has_is_not_sent_again(estate: Api) -> None:
    first = estate.get("/v1/vulnerabilities")
    again = estate.call("GET", "/v1/vulnerabilities", headers={"if-none-match": f'W/{first.headers["ETag"]}, "x"'})
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", first.headers["ETag"])


def test_openapi_document_tells_every_route_with_its_scope(api: Api) -> None:
    document = api.get("/v1/openapi.json").body
    routes = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    exports = (
        "vulnerabilities", "vulnerability-images", "samples", "sample-images", "images", "image-findings",
        "repositories", "suppressions", "scans",
    )  # fmt: skip
    assert routes == {
        *(f"GET /v1/exports/{name}" for name in exports),
        "GET /v1/overview",
        "GET /v1/trend",
        "GET /v1/repositories",
        "GET /v1/vulnerabilities",
        "GET /v1/vulnerabilities/{id}",
        "GET /v1/vulnerabilities/{id}/images",
        "GET /v1/samples",
        "GET /v1/samples/{sha256}",
        "PATCH /v1/samples/{sha256}",
        "GET /v1/samples/{sha256}/images",
        "POST /v1/hunts",
        "GET /v1/rules",
        "PUT /v1/rules/{name}",
        "DELETE /v1/rules/{name}",
        "PUT /v1/hash-lists/{name}",
        "GET /v1/allow-list",
        "POST /v1/allow-list",
        "GET /v1/allow-list/{id}",
        "DELETE /v1/allow-list/{id}",
        "GET /v1/images",
        "GET /v1/images/{id}",
        "GET /v1/images/{id}/explain",
        "GET /v1/images/{id}/findings",
        "GET /v1/images/{id}/layers",
        "GET /v1/images/{id}/fix-plan",
        "GET /v1/images/{id}/compare",
        "GET /v1/images/{id}/policy",
        "GET /v1/images/{id}/host-findings",
        "GET /v1/images/{id}/past-findings",
        "GET /v1/scans",
        "POST /v1/scans",
        "GET /v1/scans/{id}",
        "GET /v1/images/{id}/report",
        "GET /v1/images/{id}/sbom",
        "POST /v1/vex",
        "GET /v1/suppressions",
        "POST /v1/suppressions",
        "GET /v1/suppressions/{id}",
        "PUT /v1/suppressions/{id}",
        "DELETE /v1/suppressions/{id}",
        "DELETE /v1/scans/{id}",
        "GET /v1/scans/{id}/images",
        "GET /v1/settings",
        "PUT /v1/settings",
        "GET /v1/settings/history",
        "GET /v1/audit",
    }
    for item in document["paths"].values():
        for method, operation in item.items():
            assert operation["security"] == [{"token": ["pratique/read" if method == "get" else "pratique/operate"]}]
            assert operation["responses"]["422"]["content"].keys() == {"application/problem+json"}
