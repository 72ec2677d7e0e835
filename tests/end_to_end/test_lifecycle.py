"""The life of images on the local system: events that repeat or are lost, workers that die, scans that are stopped."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest

from pratique.local import INSTANCE
from pratique.local.registry_event import registry_event
from pratique.local.system import deliver
from pratique.model.digest import Digest
from pratique.model.image import ImageId
from tests.end_to_end.estate import Estate
from tests.image_builder import build_layout

pytestmark = [
    pytest.mark.integration,
    pytest.mark.xdist_group("system"),
    pytest.mark.filterwarnings("ignore:No application metrics"),
]
OS_RELEASE = b'ID=debian\nVERSION_ID="12"\n'


def pushed(estate: Estate, folder: Path, name: str, layers: int = 3) -> ImageId:
    files = [{"etc/os-release": OS_RELEASE}] + [{f"app/{name}/{number}": os.urandom(4096)} for number in range(layers)]
    build_layout(folder / name, files)
    return estate.push(folder / name, f"life/{name}", "1.0")


def whole(estate: Estate, image: ImageId) -> dict[str, Any]:
    body: dict[str, Any] = estate.get(estate.path(image))
    assert body["coverage"]["layers_read"] == body["coverage"]["layers"]
    return body


def test_same_event_ten_times_at_once_is_one_scan(estate: Estate, tmp_path: Path) -> None:
    image = pushed(estate, tmp_path, "ten")
    event = registry_event("PUSH", image.repository, Digest(image.digest), tag="1.0")
    threads = [Thread(target=deliver, args=(estate.system.addresses, event)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (scan,) = estate.ended_scans(f"IMG#{image}")
    assert (scan["images"], scan["images_done"], scan["layers"], scan["layers_done"]) == (1, 1, 4, 4)
    whole(estate, image)


def test_workers_that_are_killed_lose_no_layer(estate: Estate, tmp_path: Path) -> None:
    image = pushed(estate, tmp_path, "killed", layers=6)
    estate.announce("PUSH", image, "1.0")
    killed = 0
    while killed < 2 and not estate.get("/v1/scans", scope=f"IMG#{image}", state="partial")["items"]:
        pool = estate.system.functions._pools["analyze_layer"]._pool
        for process in list(pool._processes.values()) if pool else []:
            if process.pid and process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
    (scan,) = estate.ended_scans(f"IMG#{image}")
    assert scan["images_done"] == 1
    (row,) = estate.get(f"/v1/scans/{scan['id']}/images")["items"]
    assert row["state"] in {"partial", "failed"}
    estate.call("POST", "/v1/scans", {"scope": f"IMG#{image}"})
    estate.ended_scans(f"IMG#{image}", 2)
    whole(estate, image)


def test_push_that_was_never_announced_is_found_and_a_second_request_finds_its_scan(
    estate: Estate, tmp_path: Path
) -> None:
    image = pushed(estate, tmp_path, "silent")
    scope = f"R#{INSTANCE}/life/silent"
    answers = [estate.call("POST", "/v1/scans", {"scope": scope}) for _ in range(2)]
    assert {answer.status for answer in answers} == {202}
    ended = estate.ended_scans(scope)
    assert ended[-1]["id"] == answers[0].json["id"]
    assert (ended[-1]["images"], ended[-1]["images_done"]) == (1, 1)
    assert whole(estate, image)["tags"] == ["1.0"]


def test_stopped_scan_ends_stopped_and_says_so_once(estate: Estate, tmp_path: Path) -> None:
    for number in range(3):
        pushed(estate, tmp_path, f"stop-{number}")
    scope = f"N#{INSTANCE}/life"
    started = estate.call("POST", "/v1/scans", {"scope": scope}).json["id"]
    stopped = estate.call("DELETE", f"/v1/scans/{started}")
    assert (stopped.status, stopped.json["state"]) == (200, "stopped")
    estate.await_(lambda: [event for event in estate.events(scope) if event["detail-type"] == "Scan stopped"])
    progress = estate.get(f"/v1/scans/{started}")
    assert progress["state"] == "stopped"
    assert len(estate.events(scope)) == 1


def test_image_deleted_while_it_is_scanned_leaves_nothing(estate: Estate, tmp_path: Path) -> None:
    image = pushed(estate, tmp_path, "deleted")
    estate.announce("PUSH", image, "1.0")
    estate.remove_manifest(image)
    estate.announce("DELETE", image, "1.0")
    estate.await_(lambda: estate.get("/v1/scans", scope=f"IMG#{image}")["items"])
    estate.ended_scans(f"IMG#{image}")
    estate.call("POST", "/v1/scans", {"scope": f"R#{INSTANCE}/life/deleted"})
    estate.ended_scans(f"R#{INSTANCE}/life/deleted")
    assert estate.call("GET", f"/v1/images/{quote(str(image), safe='')}").status == 404


def test_estimate_counts_what_is_unread(estate: Estate) -> None:
    answer = estate.call("POST", "/v1/scans", {"scope": "ALL", "dry_run": True})
    assert answer.status == 200
    assert answer.json["images"] > 0
    assert answer.json["dollars"] > 0
