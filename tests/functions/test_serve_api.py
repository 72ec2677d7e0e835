from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from pratique.errors import StoreError
from pratique.model.finding import Category
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.ports.scans import ScannedImage, ScanState
from pratique.wiring import queries
from tests.finding_builder import NOON, digest_of, finding, image_id, package_sample, report, resolved, sample
from tests.functions.api_client import EVENT, Api, api, invoke

__all__ = ["api"]

SHOP, DESK = image_id("shop"), image_id("desk", "desk")
MINER = sample("miner", Level.URGENT)


@pytest.fixture
def estate(api: Api) -> Api:
    """Two images: one flaw in both, one in the shop's alone, a miner in the shop's."""
    shared = finding("CVE-2024-1", Priority.HIGH)
    own = finding("CVE-2024-2", Priority.LOW, category=Category.APPLICATION, package="django")
    api.estate.scan(SHOP, report([shared, own], [MINER]), tags=("1.4.2",))
    api.estate.scan(DESK, report([shared]))
    api.estate.settle()
    return api


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


def test_samples_are_listed_shown_and_placed(estate: Api) -> None:
    (row,) = estate.get("/v1/samples", level="urgent").body["items"]
    assert (row["sha256"], row["status"], row["images_total"]) == (MINER.sha256, "unhandled", 1)
    page = estate.get(f"/v1/samples/{MINER.sha256}").body
    assert (page["rules"][0]["rule"], page["status_by"], page["status_at"]) == ("rule_miner", "", None)
    (image,) = estate.get(f"/v1/samples/{MINER.sha256}/images").body["items"]
    assert (image["files"][0]["path"], image["files"][0]["layer"]["index"]) == ("tmp/miner", 1)


def test_malicious_package_is_a_sample_like_any_other(api: Api) -> None:
    evil = package_sample()
    api.estate.scan(SHOP, report([], [evil]))
    api.estate.settle()
    (row,) = api.get("/v1/samples", name="evil").body["items"]
    assert (row["sha256"], row["purl"], row["name"], row["level"]) == (evil.sha256, evil.purl, evil.purl, "urgent")
    page = api.get(f"/v1/samples/{row['sha256']}").body
    (rule,) = page["rules"]
    assert (rule["detector"], rule["rule"], rule["references"]) == ("package", "MAL-2026-1", ["https://example.test/1"])
    assert (rule["description"], page["behaviours"]) == ("Sends tokens away", ["supply_chain"])
    (place,) = api.get(f"/v1/samples/{row['sha256']}/images").body["items"]
    assert (place["present"], place["files"][0]["path"]) == (True, "app/node_modules/evil/package.json")
    decided = api.call("PATCH", f"/v1/samples/{row['sha256']}", body={"status": "handled", "note": "removed"})
    assert decided.body["status"] == "handled"
    assert api.get("/v1/vulnerabilities").body["items"] == []
    (finding_,) = api.get(f"/v1/images/{SHOP}/findings").body["items"]
    assert (finding_["kind"], finding_["purl"]) == ("sample", evil.purl)


def test_sample_decision_is_kept_with_who_made_it(estate: Api) -> None:
    path = f"/v1/samples/{MINER.sha256}"
    answer = estate.call("PATCH", path, body={"status": "handled", "note": "image removed"})
    assert answer.status == 200
    body = estate.get(path).body
    assert (body["status"], body["note"]) == ("handled", "image removed")
    assert body["status_by"] == EVENT["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]
    assert body["status_at"]
    assert [entry["version"] for entry in body["history"]] == [body["version"]] == [1]


def test_sample_decision_names_the_version_it_follows(estate: Api) -> None:
    path = f"/v1/samples/{MINER.sha256}"
    body = {"status": "handled", "note": "image removed"}
    assert estate.call("PATCH", path, body=body, headers={"if-match": '"0"'}).status == 200
    late = estate.call("PATCH", path, body={"status": "ignored"}, headers={"if-match": '"0"'})
    assert (late.status, late.headers["Content-Type"]) == (412, "application/problem+json")
    assert estate.call("PATCH", path, body={"status": "ignored"}, headers={"if-match": '"1"'}).status == 200
    history = estate.get(path).body["history"]
    assert [(entry["version"], entry["status"]) for entry in history] == [(2, "ignored"), (1, "handled")]
    assert estate.call("PATCH", path, body=body, headers={"if-match": "3"}).status == 422


def test_allow_list_is_kept_and_goes_with_the_samples_status(estate: Api) -> None:
    path = f"/v1/samples/{MINER.sha256}"
    refused = estate.call("PATCH", path, body={"status": "allowlisted"})
    assert (refused.status, "note" in refused.body["detail"]) == (400, True)
    estate.call("PATCH", path, body={"status": "allowlisted", "note": "a test file"})
    (entry,) = estate.get("/v1/allow-list", state="active").body["items"]
    assert (entry["sha256"], entry["reason"], entry["owner"]) == (MINER.sha256, "a test file", entry["added_by"])
    assert [one["id"] for one in estate.get(path).body["allowed_by"]] == [entry["id"]]
    assert estate.estate.judged_again == 1
    removed = estate.call("DELETE", f"/v1/allow-list/{entry['id']}")
    assert (removed.status, removed.body["state"], removed.body["removed_by"]) == (200, "removed", entry["added_by"])
    assert estate.get(path).body["status"] == "unhandled"
    assert estate.get("/v1/allow-list", state="active").body["items"] == []
    assert estate.get(f"/v1/allow-list/{entry['id']}").body == removed.body


def test_allow_list_entry_by_rule_and_path_is_added_with_its_owner_and_end(estate: Api) -> None:
    body = {"rule": "starter/rule_miner", "path": "/tmp/**", "reason": "our own tool", "owner": "team-a"}
    body["expires"] = "2026-03-02T12:00:00+02:00"
    answer = estate.call("POST", "/v1/allow-list", body=body)
    assert (answer.status, answer.headers["Location"]) == (201, f"/v1/allow-list/{answer.body['id']}")
    assert (answer.body["path"], answer.body["owner"], answer.body["state"]) == ("tmp/**", "team-a", "active")
    estate.estate.clock.pass_hours(30)
    assert estate.get(f"/v1/allow-list/{answer.body['id']}").body["state"] == "expired"
    assert estate.call("POST", "/v1/allow-list", body=body).status == 400
    for wrong in ({"reason": "x"}, {"reason": "x", "rule": "a"}, {"reason": "x", "rule": "a", "sha256": "0" * 64}):
        assert estate.call("POST", "/v1/allow-list", body=wrong).status == 400
    assert estate.call("POST", "/v1/allow-list", body={**body, "reason": ""}).status == 422


def test_rule_packs_are_uploaded_listed_and_taken_away(api: Api) -> None:
    body = {"licence": "MIT", "levels": {"a": "notice"}, "sources": {"sub/a.yar": "rule a { condition: true }"}}
    assert api.call("PUT", "/v1/rules/acme", body=body).body["files"] == 1
    listed = api.get("/v1/rules").body
    assert [(pack["name"], pack["licence"]) for pack in listed["packs"]] == [("acme", "MIT")]
    assert (listed["revision"], listed["made"]) == ("", "")
    assert api.call("DELETE", "/v1/rules/acme").status == 200
    assert api.get("/v1/rules").body["packs"] == []
    assert api.call("DELETE", "/v1/rules/acme").status == 404
    assert api.call("PUT", "/v1/rules/starter", body=body).status == 404
    for path in ("../a.yar", "/a.yar", "a.txt", ""):
        assert api.call("PUT", "/v1/rules/acme", body={"sources": {path: "x"}}).status == 422


def test_hash_list_is_uploaded_and_says_what_was_read(api: Api) -> None:
    answer = api.call("PUT", "/v1/hash-lists/acme.hsb", body={"text": f"{'a' * 64}:12:Evil\n{'b' * 64}\n"})
    assert answer.body == {"name": "acme.hsb", "hashes": 1, "refused": 1}
    assert api.get("/v1/rules").body["hash_lists"] == ["acme.hsb"]
    assert api.call("PUT", "/v1/hash-lists/acme.hsb", body={"text": ""}).body["hashes"] == 0
    assert api.get("/v1/rules").body["hash_lists"] == []
    assert api.call("PUT", "/v1/hash-lists/..", body={"text": ""}).status in {404, 422}


def test_hunt_is_started_and_followed_as_a_scan_is(api: Api) -> None:
    answer = api.call("POST", "/v1/hunts", body={"scope": "R#a/team"})
    assert (answer.status, answer.headers["Location"]) == (202, f"/v1/scans/{answer.body['id']}")
    assert api.starter.started == [
        ("hunt-samples:live", {"hunt": answer.body["id"], "scope": "R#a/team"}, answer.body["id"])
    ]
    (listed,) = api.get("/v1/scans", trigger="hunt").body["items"]
    assert listed == answer.body
    assert api.get(f"/v1/scans/{answer.body['id']}").body.items() >= listed.items()
    assert api.call("POST", "/v1/hunts", body={"scope": "everything"}).status == 400


def test_handled_sample_that_comes_back_is_unhandled(estate: Api) -> None:
    path = f"/v1/samples/{MINER.sha256}"
    estate.call("PATCH", path, body={"status": "handled", "note": "image removed"})
    estate.estate.scan(SHOP, report([], [MINER]))
    assert estate.get(path).body["status"] == "handled"
    estate.estate.scan(DESK, report([], [MINER]))
    body = estate.get(path).body
    assert (body["status"], body["status_by"], body["note"]) == ("unhandled", "pratique", f"came back in {DESK}")
    assert [entry["status"] for entry in body["history"]] == ["unhandled", "handled"]


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


def test_scan_now_is_accepted_told_and_started_once(api: Api) -> None:
    body = {"scope": "R#111122223333.eu-west-1/team/shop"}
    first, second = (api.call("POST", "/v1/scans", body=body) for _ in range(2))
    assert (first.status, first.body["state"], first.body["trigger"]) == (202, "queued", "request")
    assert first.headers["Location"] == f"/v1/scans/{first.body['id']}"
    assert second.body["id"] == first.body["id"]
    assert [payload["scope"] for _, payload, _ in api.starter.started] == [body["scope"]]
    assert api.get(first.headers["Location"]).body["scope"] == body["scope"]


def test_scan_now_means_everything_where_nothing_is_named(api: Api) -> None:
    assert api.call("POST", "/v1/scans", body={}).body["scope"] == "ALL"


def test_request_finds_the_scan_of_its_scope_that_runs(api: Api) -> None:
    running = {api.call("POST", "/v1/scans", body={}, request_id=name).body["id"] for name in ("a", "b")}
    assert len(running) == 1
    assert api.call("POST", "/v1/scans", body={"scope": "I#a"}).body["id"] not in running
    api.estate.stores.scans.end(running.pop(), ScanState.COMPLETE, at=api.estate.clock.now(), detail="")
    api.estate.clock.pass_hours(1)
    assert api.call("POST", "/v1/scans", body={}, request_id="c").body["state"] == "queued"
    assert len(api.starter.started) == 3


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


def test_progress_of_a_scan_tells_its_images_and_when_it_will_end(api: Api) -> None:
    path = api.call("POST", "/v1/scans", body={}).headers["Location"]
    identifier, scans, clock = path.rpartition("/")[2], api.estate.stores.scans, api.estate.clock
    scans.update(identifier, state=ScanState.RUNNING, images=4)
    for name in ("a", "b"):
        scans.begin_image(identifier, name, layers=2, size=20, now=clock.now())
    scans.layers_done(identifier, "b", {0: 10})
    ended = ScannedImage("a", ScanState.PARTIAL, layers_done=2, bytes_done=20, added=3, detail="one file is damaged")
    scans.end_image(identifier, ended, now=clock.now())
    started = clock.now()
    clock.pass_hours(1)
    body = api.get(path).body
    wanted = {"images": 4, "images_done": 1, "images_running": 1, "images_waiting": 2, "partial": 1, "added": 3}
    wanted |= {"layers": 4, "layers_done": 3, "bytes": 40, "bytes_done": 30}
    assert {name: body[name] for name in wanted} == wanted
    assert datetime.fromisoformat(body["estimated_end"]) == started + timedelta(hours=4)
    rows = api.get(f"{path}/images").body["items"]
    assert [(row["image"], row["state"], row["detail"]) for row in rows] == [
        ("a", "partial", "one file is damaged"),
        ("b", "running", ""),
    ]
    assert [row["image"] for row in api.get(f"{path}/images", state="running").body["items"]] == ["b"]


def test_images_of_a_scan_are_paged(api: Api) -> None:
    path = api.call("POST", "/v1/scans", body={}).headers["Location"]
    for number in range(60):
        ended = ScannedImage(f"{number:02}", ScanState.FAILED if number % 2 else ScanState.COMPLETE)
        api.estate.stores.scans.end_image(path.rpartition("/")[2], ended, now=NOON)
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"{path}/images", state="failed", limit="7", cursor=cursor).body
        seen += [row["image"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [f"{number:02}" for number in range(1, 60, 2)]


def test_stopped_scan_says_who_stopped_it_and_stays_stopped(api: Api) -> None:
    path = api.call("POST", "/v1/scans", body={}).headers["Location"]
    stopped = api.call("DELETE", path)
    assert (stopped.status, stopped.body["state"]) == (200, "stopped")
    assert stopped.body["detail"].startswith("stopped by ")
    assert api.call("DELETE", path).body["ended"] == stopped.body["ended"]
    assert api.get(path).body["estimated_end"] is None


def test_scan_of_no_scope_is_refused(api: Api) -> None:
    assert api.call("POST", "/v1/scans", body={"scope": "everything"}).status == 400
    assert api.starter.started == []


def test_function_that_cannot_be_started_is_a_busy_service(api: Api) -> None:
    api.starter.down = True
    answer = api.call("POST", "/v1/scans", body={})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


def test_scans_are_listed_newest_first(api: Api) -> None:
    for name in ("a", "b"):
        api.call("POST", "/v1/scans", body={"scope": f"I#{name}"}, request_id=name)
        api.estate.clock.pass_hours(1)
    rows = api.get("/v1/scans", trigger="request").body["items"]
    assert len(rows) == 2
    assert rows[0]["started"] > rows[1]["started"]
    assert api.get("/v1/scans", trigger="push").body["items"] == []


SETTINGS = {
    "cycle": "3d",
    "window": "18-24",
    "time_zone": "Europe/Berlin",
    "include": ["team/*"],
    "exclude": ["team/old-*"],
    "instances": ["111122223333.eu-west-1", "harbor"],
    "include_tags": ["v*"],
    "exclude_tags": ["*-rc*"],
    "platforms": ["linux/amd64"],
    "newest_tags": 5,
    "age_days": 365,
    "daily_budget": 12.5,
    "registries": [
        {
            "instance": "harbor",
            "url": "https://harbor.example.com",
            "role": "",
            "credentials": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pratique/harbor-AbCdEf",
            "webhook_secret": "",
            "repositories": ["team/shop"],
        }
    ],
}
REGISTRY: dict[str, Any] = SETTINGS["registries"][0]  # type: ignore[index]


def test_settings_change_with_the_version_that_was_read(api: Api) -> None:
    read = api.get("/v1/settings")
    assert (read.body["version"], read.headers["ETag"]) == (0, '"0"')
    changed = api.call("PUT", "/v1/settings", body=SETTINGS, headers={"if-match": '"0"'})
    assert (changed.status, changed.headers["ETag"]) == (200, '"1"')
    now = api.get("/v1/settings").body
    assert now.pop("last_start") is None
    assert now.pop("next_start") > "2026-03-01T12:00:00Z"
    assert now == {**SETTINGS, "version": 1}


def test_history_of_settings_names_who_changed_what(api: Api) -> None:
    for version in range(3):
        change = SETTINGS | {"newest_tags": version}
        api.call("PUT", "/v1/settings", body=change, headers={"if-match": f'"{version}"'})
    first = api.get("/v1/settings/history", limit="2").body
    assert [(row["version"], row["settings"]["newest_tags"]) for row in first["items"]] == [(3, 2), (2, 1)]
    assert (first["total"], bool(first["items"][0]["by"])) == (3, True)
    rest = api.get("/v1/settings/history", limit="2", cursor=first["next_cursor"]).body
    assert ([row["version"] for row in rest["items"]], rest["next_cursor"]) == ([1], None)


def test_settings_of_an_old_version_are_refused(api: Api) -> None:
    api.call("PUT", "/v1/settings", body=SETTINGS, headers={"if-match": '"0"'})
    assert api.call("PUT", "/v1/settings", body={}, headers={"if-match": '"0"'}).status == 412
    assert api.call("PUT", "/v1/settings", body={}).status == 428
    assert api.get("/v1/settings").body["cycle"] == "3d"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cycle": "9d"}, "body.cycle"),
        ({"window": "01-02"}, "body.window"),
        ({"time_zone": "Mars/Olympus"}, "body.time_zone"),
        ({"time_zone": "../etc/passwd"}, "body.time_zone"),
        ({"include": []}, "body.include"),
        ({"include": ["*", "x" * 257]}, "body.include.1"),
        ({"exclude": ["*"] * 101}, "body.exclude"),
        ({"unknown": 1}, "body.unknown"),
        ({"newest_tags": -1}, "body.newest_tags"),
        ({"platforms": ["amd64"]}, "body.platforms.0"),
        ({"daily_budget": 0}, "body.daily_budget"),
        ({"registries": [{**REGISTRY, "url": "http://harbor.example.com"}]}, "body.registries.0.url"),
        ({"registries": [{**REGISTRY, "credentials": "hunter2"}]}, "body.registries.0.credentials"),
        ({"registries": [{**REGISTRY, "url": ""}]}, "body.registries.0"),
        ({"registries": [REGISTRY, REGISTRY]}, "body"),
    ],
)
def test_wrong_settings_name_the_field(api: Api, change: dict[str, Any], field: str) -> None:
    answer = api.call("PUT", "/v1/settings", body=SETTINGS | change, headers={"if-match": '"0"'})
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [field]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/v1/vulnerabilities", {"limit": "0"}, "query.limit"),
        ("/v1/vulnerabilities", {"limit": "101"}, "query.limit"),
        ("/v1/vulnerabilities", {"limit": "1,2"}, "query.limit"),
        ("/v1/vulnerabilities", {"priority": "urgent"}, "query.priority"),
        ("/v1/vulnerabilities", {"prioritty": "high"}, "query.prioritty"),
        ("/v1/vulnerabilities", {"epss_at_least": "2"}, "query.epss_at_least"),
        ("/v1/vulnerabilities", {"digest": "sha256:0"}, "query.digest"),
        ("/v1/vulnerabilities", {"cursor": "x" * 5000}, "query.cursor"),
        ("/v1/vulnerabilities", {"name": "x" * 201}, "query.name"),
        ("/v1/images", {"repository": "x" * 257}, "query.repository"),
        ("/v1/images", {"risk": "none"}, "query.risk"),
        ("/v1/scans", {"scope": "x" * 601}, "query.scope"),
        ("/v1/settings", {"version": "1"}, "query.version"),
        (f"/v1/vulnerabilities/{'C' * 101}", {}, "path.id"),
        ("/v1/samples/abc", {}, "path.sha256"),
        ("/v1/scans/1", {}, "path.id"),
    ],
)
def test_wrong_parameter_is_named(api: Api, path: str, query: dict[str, str], field: str) -> None:
    answer = api.get(path, **query)
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [error["field"] for error in answer.body["errors"]] == [field]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/vulnerabilities/CVE-1999-1",
        "/v1/vulnerabilities/CVE-1999-1/images",
        f"/v1/samples/{'0' * 64}",
        f"/v1/samples/{'0' * 64}/images",
        f"/v1/images/{SHOP}",
        f"/v1/images/{SHOP}/findings",
        "/v1/scans/01KAS3X2R0ZQ4M8T6W1Y5B7C9D",
        "/v1/scans/01KAS3X2R0ZQ4M8T6W1Y5B7C9D/images",
        "/v1/nothing",
        "/v2/overview",
        "/v1/overview/",
        "/",
    ],
)
def test_what_does_not_exist_is_not_found(api: Api, path: str) -> None:
    answer = api.get(path)
    assert (answer.status, answer.body["title"]) == (404, "Not Found")


def test_decision_about_an_unknown_sample_is_not_found(api: Api) -> None:
    assert api.call("PATCH", f"/v1/samples/{'0' * 64}", body={"status": "ignored"}).status == 404


def test_image_id_of_another_form_is_refused(api: Api) -> None:
    assert api.get("/v1/images/shop").status == 400


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("DELETE", "/v1/overview", "GET"),
    ("POST", "/v1/settings", "GET, PUT"),
    ("PUT", "/v1/samples/abc", "GET, PATCH"),
    ("POST", "/v1/openapi.json", "GET"),
])  # fmt: skip
def test_method_that_an_address_lacks_is_told(api: Api, method: str, path: str, allowed: str) -> None:
    answer = api.call(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "null", "", "\x00", '{"scope": 1}', '{"scope": ""}'])
def test_wrong_body_is_a_problem(api: Api, body: str) -> None:
    answer = api.call("POST", "/v1/scans", body=body)
    assert answer.status == 422
    assert api.starter.started == []


def test_body_that_is_no_json_by_its_own_word_is_refused(api: Api) -> None:
    answer = api.call("POST", "/v1/scans", body="<scope/>", headers={"content-type": "application/xml"})
    assert (answer.status, answer.body["title"]) == (415, "Unsupported Media Type")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_body_that_does_not_say_that_it_is_json_is_refused_for_that(api: Api, kind: str) -> None:
    answer = api.call("POST", "/v1/scans", body='{"scope": "ALL"}', headers={"content-type": kind})
    assert (answer.status, answer.body["detail"]) == (415, "send the body as application/json")
    assert api.starter.started == []


def test_body_may_name_its_character_set(api: Api) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert api.call("POST", "/v1/scans", body='{"scope": "ALL"}', headers=headers).status == 202


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreError("the table arn:aws:dynamodb:secret-table is throttled", retryable=True), 503),
        (StoreError("the table arn:aws:dynamodb:secret-table is gone"), 500),
        (RuntimeError("secret-table: division by zero"), 500),
    ],
)
def test_failure_tells_nothing_of_what_is_inside(
    api: Api, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(queries, "reading", fail)
    answer = api.get("/v1/overview")
    assert (answer.status, answer.body["status"]) == (status, status)
    assert "secret-table" not in answer.text


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
