"""Starting, following and stopping scans through the API."""

from __future__ import annotations

from datetime import datetime, timedelta

from pratique.ports.scans import ScannedImage, ScanState
from tests.finding_builder import NOON
from tests.functions.api_client import Api, api

__all__ = ["api"]


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
