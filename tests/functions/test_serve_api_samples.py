"""Samples, what is decided about them, rules and hunts through the API."""

from __future__ import annotations

from tests.finding_builder import package_sample, report
from tests.functions.api_client import EVENT, Api, api
from tests.functions.seeded_api import DESK, MINER, SHOP, estate

__all__ = ["api", "estate"]


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


def test_decision_about_an_unknown_sample_is_not_found(api: Api) -> None:
    assert api.call("PATCH", f"/v1/samples/{'0' * 64}", body={"status": "ignored"}).status == 404
