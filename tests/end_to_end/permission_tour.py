"""Leads a local system through everything that its functions do with AWS, so that their calls can be compared.

    python -m tests.end_to_end.permission_tour FOLDER

The calls are in the folder's file `CALLS` afterwards.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import json
import pkgutil
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from msgspec import structs

import pratique.wiring
from pratique.adapters import dynamodb_packed, known_registries, packed_items
from pratique.errors import Conflict
from pratique.local import INSTANCE
from pratique.local.call_log import VARIABLE
from pratique.local.system import LocalSystem
from pratique.model.digest import Digest
from pratique.model.image import ImageId
from pratique.model.settings import Cycle, Registry, Window
from pratique.ports.counts import Table, TableName
from pratique.ports.scans import ScanRecord, ScanState
from pratique.services.advisory_history import AdvisoryHistory
from pratique.services.advisory_record import read_current
from pratique.wiring.stores import clock, objects, stores
from tests.end_to_end.conftest import PROJECT
from tests.end_to_end.estate import RUNNING, Estate
from tests.image_builder import build_layout
from tests.look_alikes import eicar, look_alikes

EICAR = hashlib.sha256(eicar()).hexdigest()
SCRIPT = next(one for one in look_alikes() if one.rule == "miner_start_script")
ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:pratique/harbor-AbCdEf"
LOGIN = json.dumps({"username": "reader", "password": "a password"})
"""What every secret of the local system holds: it serves as the cursors' key, a login and a webhook's secret."""
FLAWS = ("1.5",) * 6
CALLS = "calls"
UNKNOWN = f"sha256:{'0' * 64}"
UNSWEPT = {f"layers/{UNKNOWN}/": "a.json.zst", f"images/{UNKNOWN}.": "json", f"inventories/{UNKNOWN}.": "a"}
RULE = 'rule new_rule { meta: level = "notice" strings: $a = "nothing to see" condition: $a }'


def write_feed(folder: Path, *fixed: str) -> None:
    """One flaw of examplelib for each version that fixes one, and one that the canary knows."""
    records = [
        _record(f"CVE-2099-{number:04}", "examplelib", version) for number, version in enumerate(fixed) if version
    ]
    if "" not in fixed:
        records.append(_record("CVE-2019-14234", "Django", "2.2.4"))
    target = folder / "osv" / "PyPI" / "all.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for one in records:
            archive.writestr(f"{one['id']}.json", json.dumps(one))


def _record(identifier: str, name: str, fixed: str) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]
    affected = [{"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges}]
    return {"id": identifier, "modified": "2026-11-01T00:00:00Z", "summary": "a flaw", "affected": affected}


def shorten_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything that goes on in parts do so at once: tables of counts, pages of scans, runs of images."""
    monkeypatch.setattr(packed_items, "HEAD_BYTES", 64)
    monkeypatch.setattr(packed_items, "PART_BYTES", 1)
    monkeypatch.setattr(dynamodb_packed, "MAX_FANOUT", packed_items.FIRST_FANOUT)
    monkeypatch.setattr(known_registries, "_SETTINGS_SECONDS", 0)
    for name in ("rematch_images", "apply_allow_list", "apply_suppressions"):
        monkeypatch.setattr(importlib.import_module(f"functions.{name}.handler"), "_SPARE_MILLISECONDS", 10**9)
    for name in ("rescan", "hunt_samples"):
        handler = importlib.import_module(f"functions.{name}.handler")
        monkeypatch.setattr(handler, "_PAGE", 1)
        monkeypatch.setattr(handler, "_PAGES_AN_EXECUTION", 1)
    repair = importlib.import_module("functions.repair_counts.handler")
    whole = repair.repair_counts
    monkeypatch.setattr(repair, "repair_counts", lambda: structs.replace(whole(), shares=1))


def _forget_what_is_cached() -> None:
    """Let each function ask again for what another one asked for in this process, of the clients that are logged."""
    for found in pkgutil.iter_modules(pratique.wiring.__path__):
        for value in vars(importlib.import_module(f"pratique.wiring.{found.name}")).values():
            if hasattr(value, "cache_clear") and getattr(value, "__name__", "") not in {"environment", "aws"}:
                value.cache_clear()


def _ago(*, days: int) -> datetime:
    return clock().now() - timedelta(days=days)


def _late_zone() -> str:
    """A time zone in which it is past eleven at night, so that what is due today is due by now."""
    hour = clock().now().hour
    ahead = 23 - hour if hour >= 9 else -1 - hour
    return f"Etc/GMT{-ahead:+d}"  # by POSIX, these names have the sign the other way round


@dataclasses.dataclass
class Tour:
    """The stations, in the order in which `run` goes through them."""

    estate: Estate
    feeds: Path
    folder: Path

    def run(self) -> None:
        """Go through all of them."""
        self.estate.await_(lambda: read_current(objects()))
        self._settings(registries=(self._harbor(),))
        self.first, self.second = self._scan("first"), self._scan("second")
        stations = (
            self._fail,
            self._ask,
            self._operate,
            self._registry_beside,
            self._hunt,
            self._retire,
            self._renew_advisories,
            self._schedules,
        )
        for station in stations:
            _forget_what_is_cached()
            station()

    def _layout(self, name: str) -> Path:
        files = {
            "etc/os-release": b'ID=debian\nVERSION_ID="12"\n',
            f"app/{name}/examplelib-1.4.dist-info/METADATA": b"Metadata-Version: 2.1\nName: examplelib\nVersion: 1.4\n",
            "srv/test.com": eicar(),
            "opt/tool.sh": b"#!/bin/sh\n# nothing to see\n" + name.encode(),
            SCRIPT.path: SCRIPT.body,
        }
        build_layout(self.folder / name, [{"etc/base": b"base"}, files])
        return self.folder / name

    def _fail(self) -> None:
        """Announce an image that the registry does not have."""
        self.estate.announce("PUSH", ImageId(INSTANCE, "tour/none", Digest(UNKNOWN)), "1")
        self._ended()

    def _scan(self, name: str) -> ImageId:
        image = self.estate.scan(self._layout(name), f"tour/{name}")
        scan = self._scans()[0]
        assert scan["state"] in ("complete", "partial"), scan
        return image

    def _call(self, method: str, path: str, body: object = None, **query: str) -> Any:
        answer = self.estate.call(method, path, body, **query)
        assert answer.status < 300, (method, path, answer)
        return answer.json

    def _ask(self) -> None:
        """Ask every address that reads."""
        image = self.first
        scan = self._call("GET", "/v1/scans")["items"][0]["id"]
        kinds = {"images": str(image), "vulnerabilities": "CVE-2099-0000", "scans": scan, "sample-images": EICAR}
        query = {"with": str(self.second), "about": "examplelib", "as_of": f"{clock().now():%Y-%m-%d}"}
        for path, item in self._call("GET", "/v1/openapi.json")["paths"].items():
            asked = item.get("get", {}).get("parameters", ())
            wanted = {one["name"] for one in asked if one.get("required") and one["in"] == "query"}
            about = kinds.get(path.rpartition("/exports/")[2]) or kinds.get(path.split("/")[2], str(image))
            target = path.replace("{id}", quote(about, safe="")).replace("{sha256}", EICAR)
            if "get" in item:
                given = {"id": about, **query}
                answer = self.estate.call("GET", target, **{name: given[name] for name in wanted & given.keys()})
                assert answer.status in (200, 404), (path, answer)

    def _operate(self) -> None:
        """Change whatever people may change."""
        suppression = {"package": "examplelib", "reason": "tour"}
        made = self._call("POST", "/v1/suppressions", suppression)
        address = f"/v1/suppressions/{made['id']}"
        self.estate.await_(lambda: self._call("GET", address)["images"] == 2)
        self._call("PUT", address, {**suppression, "repository": "tour/*"})
        self._call("DELETE", address)
        entry = self._call("POST", "/v1/allow-list", {"sha256": EICAR, "reason": "tour"})
        self.estate.await_(lambda: self._call("GET", "/v1/samples", quiet="true")["items"])
        self._call("DELETE", f"/v1/allow-list/{entry['id']}")
        self._call("PATCH", f"/v1/samples/{EICAR}", {"status": "handled"})
        scan = self._call("POST", "/v1/scans", {"scope": "ALL"})
        self._call("POST", "/v1/scans", {"scope": "ALL", "dry_run": True})
        self._call("DELETE", f"/v1/scans/{scan['id']}")
        assert self._call("GET", "/v1/audit", limit="1")["next_cursor"], "cursors are signed with a secret"
        self._ended()

    def _registry_beside(self) -> None:
        """Scan an image of a registry that is no ECR, announced by its webhook, and see it go."""
        image = self.estate.push(self._layout("harbor"), "tour/harbor", "1")
        for kind in ("PUSH_ARTIFACT", "DELETE_ARTIFACT"):
            event = {
                "type": kind,
                "occur_at": 1795442731,
                "event_data": {
                    "resources": [{"digest": str(image.digest), "tag": "1", "resource_url": "harbor/tour/harbor:1"}],
                    "repository": {"name": "harbor", "namespace": "tour", "repo_full_name": "tour/harbor"},
                },
            }
            sent = {"rawPath": "/v1/webhooks/harbor", "headers": {"authorization": LOGIN}, "body": json.dumps(event)}
            answer = self.estate.system.functions.call("receive_webhook", sent)
            assert (answer["statusCode"], answer["body"]) == (202, '{"outcome": "1 done"}'), answer
            if kind == "PUSH_ARTIFACT":
                self._ended()
                self.estate.remove_manifest(image)

    def _harbor(self) -> Registry:
        address = self.estate.system.addresses.registry
        return Registry(
            "harbor", f"https://{address}", credentials=ARN, webhook_secret=ARN, repositories=("tour/harbor",)
        )

    def _settings(self, **changes: Any) -> None:
        found, version = stores().settings.get()
        stores().settings.put(structs.replace(found, **changes), expected_version=version, by="tour", now=clock().now())

    def _hunt(self) -> None:
        self._call("PUT", "/v1/rules/acme", {"sources": {"a.yar": RULE}})
        self._call("PUT", "/v1/hash-lists/acme", {"text": f"{EICAR} test\n"})
        self._call("POST", "/v1/hunts", {})
        self._ended()
        self._call("PUT", "/v1/hash-lists/acme", {"text": f"{EICAR} test\n{'0' * 64} another\n"})
        self._call("POST", "/v1/hunts", {})
        self._ended()
        self._call("DELETE", "/v1/rules/acme")

    def _retire(self) -> None:
        """One image is deleted with an event, one without, and somebody may have changed a count by hand."""
        gone = self._scan("gone")
        self.estate.remove_manifest(gone)
        self.estate.announce("DELETE", gone, "1.0")
        self.estate.await_(lambda: self.estate.call("GET", self.estate.path(gone)).status == 404)
        lost = self._scan("lost")
        self.estate.remove_manifest(lost)
        self._call("POST", "/v1/scans", {"scope": "ALL"})
        self._ended()
        self.estate.await_(lambda: self.estate.call("GET", self.estate.path(lost)).status == 404)
        self.estate.await_(_lose_counts)
        self._run("repair_counts", time="2026-11-01T02:17:00Z")

    def _renew_advisories(self) -> None:
        """A new database drops an old one; the next lacks a finding that is known for certain."""
        current = read_current(objects())
        assert current is not None
        old = msgspec.structs.replace(current, revision="0" * 20, key=f"advisories/{'0' * 20}/advisories.sqlite.zst")
        AdvisoryHistory(objects()).add(old, _ago(days=800))
        write_feed(self.feeds, *FLAWS, "1.6")
        self._run("update_advisories")
        findings, new = f"{self.estate.path(self.first)}/findings", f"CVE-2099-{len(FLAWS):04}"
        self.estate.await_(lambda: new in {row.get("id") for row in self._call("GET", findings)["items"]})
        write_feed(self.feeds, *FLAWS, "1.6", "1.7", "")
        self._run("update_advisories")

    def _schedules(self) -> None:
        """What is left to the schedules: sweeping, and a periodic scan."""
        for name, rest in UNSWEPT.items():
            objects().put(name + rest, b"{}")
        objects().put("sweeps/unknown.json", json.dumps(dict.fromkeys(UNSWEPT, _ago(days=9).isoformat())).encode())
        lost = ScanRecord("01JQ" + "0" * 22, "request", "ALL", ScanState.RUNNING, _ago(days=5), None, 0, 0, 0, 0)
        stores().scans.start(lost)
        self._run("sweep_reports")
        assert not [name for name, rest in UNSWEPT.items() if objects().get(name + rest)]
        self._settings(cycle=Cycle.THREE_DAYS, window=Window.WHOLE_DAY, time_zone=_late_zone())
        objects().delete(list(objects().keys("listings/")))
        self._run("tick")
        self._ended()

    def _run(self, function: str, **event: Any) -> None:
        self.estate.system.functions.call(function, event)

    def _ended(self) -> None:
        """Wait until no scan runs."""
        self.estate.await_(lambda: not [row for row in self._scans() if row["state"] in RUNNING])

    def _scans(self) -> list[dict[str, Any]]:
        return list(self._call("GET", "/v1/scans", limit="100")["items"])


def _lose_counts() -> bool:
    """Delete a table of counts; return whether nothing was counted meanwhile."""
    name = TableName(Table.VULNERABILITIES)
    rows = stores().counts.current(name)
    try:
        stores().counts.correct(name, dict.fromkeys(rows), rows)
    except Conflict:
        return False
    return True


def main(folder: Path) -> None:
    """Start a system in ``folder`` and lead it through."""
    write_feed(folder / "feeds", *FLAWS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(folder / CALLS))
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "pratique")
        patch.setattr("pratique.local.system.secrets.token_urlsafe", lambda _: LOGIN)
        shorten_runs(patch)
        system = LocalSystem(project=PROJECT, folder=folder / "system", workers=2, advisories=str(folder / "feeds"))
        with system:
            Tour(Estate(system, folder / "system"), folder / "feeds", folder).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
