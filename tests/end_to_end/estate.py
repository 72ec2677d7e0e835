"""Pushes images into a running local system and reads its API, as users and ECR do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import urllib3

from pratique.adapters.sources import open_source
from pratique.local import INSTANCE
from pratique.local.event_sink import EVENTS_FILE
from pratique.local.push import push_image
from pratique.local.registry_event import registry_event
from pratique.local.system import LocalSystem, deliver
from pratique.model.digest import Digest
from pratique.model.image import ImageId

T = TypeVar("T")
GZIP = b"\x1f\x8b"
RUNNING = {"queued", "running"}


@dataclass(frozen=True)
class Answer:
    status: int
    json: Any
    headers: Mapping[str, str]


class Estate:
    def __init__(self, system: LocalSystem, folder: Path) -> None:
        self.system = system
        self.folder = folder
        self._http = urllib3.PoolManager(retries=False, timeout=30.0)

    def call(self, method: str, path: str, body: object = None, *, if_match: str = "", **query: str) -> Answer:
        target = f"{self.system.addresses.api}{path}" + (f"?{urlencode(query)}" if query else "")
        payload = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"} if payload else {}
        headers |= {"if-match": if_match} if if_match else {}
        answer = self._http.request(method, target, body=payload, headers=headers)
        text = answer.data.decode()
        return Answer(
            answer.status, json.loads(text) if text else None, {k.lower(): v for k, v in answer.headers.items()}
        )

    def get(self, path: str, **query: str) -> Any:
        answer = self.call("GET", path, **query)
        assert answer.status == 200, answer
        return answer.json

    def push(self, layout: Path, repository: str, tag: str) -> ImageId:
        """Put an image into the registry, without saying so."""
        source, reference = open_source(str(layout))
        digest = push_image(source, reference, self.system.addresses.registry, repository, tag)
        return ImageId(INSTANCE, repository, digest)

    def announce(self, action: str, image: ImageId, tag: str) -> dict[str, Any]:
        """Send the registry's event and return it."""
        event = registry_event(action, image.repository, Digest(image.digest), tag=tag)
        deliver(self.system.addresses, event)
        return event

    def events(self, about: str) -> list[dict[str, Any]]:
        """What was sent on the bus about an image or a scope, in the order of sending."""
        lines = (self.folder / EVENTS_FILE).read_text().splitlines()
        return [event for line in lines if about in (event := json.loads(line))["resources"]]

    def await_reconciliation(self) -> None:
        """Wait for the day's search for images that nobody announced: it would scan what a test pushes as well."""
        self.await_(lambda: self.get("/v1/scans", trigger="reconciliation", limit="100")["items"])
        self.ended_scans("ALL")

    def ended_scans(self, scope: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait for that many ended scans of a scope; newest first."""

        def ended() -> list[dict[str, Any]] | None:
            rows = self.get("/v1/scans", scope=scope, limit="100")["items"]
            done = [row for row in rows if row["state"] not in RUNNING]
            return done if len(done) >= count and len(done) == len(rows) else None

        return self.await_(ended)

    def scan(self, layout: Path, repository: str, tag: str = "1.0") -> ImageId:
        """Push, announce, and wait until the scan has ended and its findings are counted."""
        image = self.push(layout, repository, tag)
        before = len(self.get("/v1/scans", scope=f"IMG#{image}", limit="100")["items"])
        self.announce("PUSH", image, tag)
        self.await_(lambda: len(self.get("/v1/scans", scope=f"IMG#{image}", limit="100")["items"]) > before)
        self.ended_scans(f"IMG#{image}", before + 1)
        self.await_(lambda: self.counted(image))
        return image

    def counted(self, image: ImageId) -> bool:
        """Whether the image's findings have reached the lists."""
        found = {row["id"] for row in self.vulnerabilities(repository=image.repository, instance=image.instance)}
        path = f"{self.path(image)}/findings"
        items = self.get(path, limit="100", kind="vulnerability", state="open")["items"]
        return {item["id"] for item in items} <= found

    def remove_layer_blobs(self, layout: Path) -> int:
        """Delete the layers of an OCI layout from the registry; return how many there were."""
        blobs = [path.name for path in (layout / "blobs" / "sha256").iterdir() if path.read_bytes()[:2] == GZIP]
        return self._remove(lambda path: any(name in str(path) for name in blobs))

    def remove_manifest(self, image: ImageId) -> None:
        """Delete an image from the registry."""
        assert self._remove(lambda path: image.digest.removeprefix("sha256:") in str(path)) > 0

    def page(self, path: str) -> urllib3.BaseHTTPResponse:
        """Return a page of the console."""
        return self._http.request("GET", f"{self.system.addresses.api}{path}")

    def _remove(self, wanted: Callable[[Path], bool]) -> int:
        found = [path for path in (self.folder / "registry").rglob("*") if path.is_file() and wanted(path)]
        for path in found:
            path.unlink()
        return len(found)

    def vulnerabilities(self, **query: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get("/v1/vulnerabilities", limit="100", **query)["items"]
        return items

    def path(self, image: ImageId) -> str:
        return f"/v1/images/{quote(str(image), safe='')}"

    def await_(self, ask: Callable[[], T | None], seconds: float = 60.0) -> T:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if answer := ask():
                return answer
            time.sleep(0.1)
        raise AssertionError("nothing came of it in time")
