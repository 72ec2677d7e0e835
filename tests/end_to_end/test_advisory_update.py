"""New advisories reach stored images through the command line's own system: an update, a rematch, no layer read."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import boto3
import pytest

from pratique.errors import PratiqueError
from pratique.local import INSTANCE, REGION
from pratique.local.api_client import ApiClient
from pratique.local.system import Addresses
from tests.image_builder import build_layout

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("advisories")]

T = TypeVar("T")
PROJECT = Path(__file__).parents[2]
REPOSITORY = "team/update"
METADATA = b"Metadata-Version: 2.1\nName: examplelib\nVersion: 1.4\n\n"


def record(identifier: str, fixed: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "modified": "2026-11-01T00:00:00Z",
        "summary": f"A flaw of examplelib before {fixed}",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "examplelib"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
            }
        ],
    }


def write_feed(folder: Path, *records: dict[str, Any]) -> None:
    target = folder / "osv" / "PyPI" / "all.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for one in records:
            archive.writestr(f"{one['id']}.json", json.dumps(one))


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    write_feed(tmp_path / "feeds", record("CVE-2099-0001", "1.5"))
    return tmp_path / "feeds"


@pytest.fixture
def addresses(tmp_path: Path, feeds: Path) -> Iterator[Addresses]:
    if not (PROJECT / ".venv-endpoint" / "bin" / "ministack").exists():
        pytest.skip("the embedded endpoint is not installed: run `make setup`")
    folder = tmp_path / "system"
    options = ["--project", str(PROJECT), "--folder", str(folder), "--port", "0", "--advisories", str(feeds)]
    with subprocess.Popen([sys.executable, "-m", "pratique.cli.main", "up", *options]) as system:
        try:
            yield await_(lambda: running(system, folder))
        finally:
            system.send_signal(signal.SIGINT)
            assert system.wait(timeout=30) == 0


def running(system: subprocess.Popen[bytes], folder: Path) -> Addresses | None:
    assert system.poll() is None
    try:
        return Addresses.of(folder)
    except PratiqueError:
        return None


def await_(ask: Callable[[], T | None], seconds: float = 60.0) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := ask():
            return answer
        time.sleep(0.1)
    raise AssertionError("nothing came of it in time")


def pushes(api: ApiClient) -> list[dict[str, Any]]:
    return list(api.items("/v1/scans", {"trigger": "push"}))


def found(api: ApiClient, image: str) -> set[str]:
    items = api.items(f"/v1/images/{quote(image, safe='')}/findings", {"kind": "vulnerability"})
    return {item["id"] for item in items if item["state"] == "open"}


def test_update_reaches_a_stored_image_and_reads_no_layer(tmp_path: Path, feeds: Path, addresses: Addresses) -> None:
    api = ApiClient(addresses.api)
    await_(lambda: api.get("/v1/overview")["advisories"])
    digest = build_layout(tmp_path / "image", [{"app/examplelib-1.4.dist-info/METADATA": METADATA}], tag="1")
    push = ["push", str(tmp_path / "image"), f"{REPOSITORY}:1", "--folder", str(tmp_path / "system")]
    subprocess.run([sys.executable, "-m", "pratique.cli.main", *push], check=True)
    image = f"{INSTANCE}/{REPOSITORY}@{digest}"
    await_(lambda: [scan for scan in pushes(api) if scan["state"] == "complete"])
    assert found(api, image) == {"CVE-2099-0001"}

    for blob in (tmp_path / "system" / "registry" / "blobs").rglob("*"):
        if blob.is_file():
            blob.unlink()
    write_feed(feeds, record("CVE-2099-0002", "1.6"), record("CVE-2099-0003", "1.3"))
    lambda_ = boto3.client(
        "lambda",
        endpoint_url=addresses.control,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    lambda_.invoke(FunctionName="update_advisories", InvocationType="Event", Payload=b"{}")
    await_(lambda: found(api, image) == {"CVE-2099-0002"})
    fixed = api.items(f"/v1/images/{quote(image, safe='')}/findings", {"kind": "vulnerability", "state": "fixed"})
    assert {item["id"] for item in fixed} == {"CVE-2099-0001"}
    assert len(pushes(api)) == 1
