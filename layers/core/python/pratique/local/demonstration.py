"""Pushes the sample image into a running system and shows its scan and its findings, read from the HTTP API."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from pratique.adapters.sources import open_source
from pratique.errors import PratiqueError
from pratique.local import INSTANCE
from pratique.local.api_client import ApiClient
from pratique.local.push import push_image
from pratique.local.registry_event import registry_event
from pratique.local.sample_image import REPOSITORY, TAG, write_sample_image
from pratique.local.system import Addresses, deliver
from pratique.model.image import ImageId

_T = TypeVar("_T")
_RUNNING = {"queued", "running"}
_SECONDS = 120.0
_COLOURS = {"high": "red", "medium": "dark_orange", "low": "bright_black"}
_LEVEL_COLOURS = {"urgent": "red", "warning": "dark_orange", "notice": "bright_black"}


def demonstrate(console: Console, addresses: Addresses, folder: Path) -> None:
    """Push, watch the scan, print what the API says; raises PratiqueError where the scan does not end."""
    write_sample_image(folder)
    source, reference = open_source(str(folder))
    digest = push_image(source, reference, addresses.registry, REPOSITORY, TAG)
    image = ImageId(INSTANCE, REPOSITORY, digest)
    console.print(f"\nPushed {REPOSITORY}:{TAG} ({digest[:19]}…): the push event travels as ECR sends it.")
    deliver(addresses, registry_event("PUSH", REPOSITORY, digest, tag=TAG))
    api = ApiClient(addresses.api)
    scan = _watch(console, api, image)
    _await(lambda: api.get("/v1/overview")["images"]["scanned"], "the counts")
    _show(console, api, image, scan)


def _watch(console: Console, api: ApiClient, image: ImageId) -> dict[str, Any]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("waiting for the scan", total=None)

        def finished() -> dict[str, Any] | None:
            scan = next((row for row in api.items("/v1/scans") if row["scope"] == f"IMG#{image}"), None)
            if scan is None:
                return None
            progress.update(
                task, description=f"scan {scan['state']}: layers", total=scan["layers"], completed=scan["layers_done"]
            )
            return None if scan["state"] in _RUNNING else scan

        return _await(finished, "the scan")


def _show(console: Console, api: ApiClient, image: ImageId, scan: dict[str, Any]) -> None:
    found = api.get(f"/v1/images/{quote(str(image), safe='')}")
    console.print(f"\nScan {scan['id']} is {scan['state']}.  Distribution: {found['coverage']['distribution']}.")
    for reason in found["coverage"]["reasons"]:
        console.print(f"  {reason['code']}: {reason['detail']}")
    console.print(_vulnerabilities(api, image))
    console.print(_samples(api))


def _vulnerabilities(api: ApiClient, image: ImageId) -> Table:
    findings = api.items(f"/v1/images/{quote(str(image), safe='')}/findings", {"kind": "vulnerability"})
    packages = {found["id"]: found["packages"] for found in findings}
    table = Table(title="GET /v1/vulnerabilities", title_justify="left", box=SIMPLE_HEAD, expand=True)
    for column in ("Priority", "Vulnerability", "Package", "Installed", "Fixed in", "Layer", "Images"):
        table.add_column(column, no_wrap=True)
    table.add_column("What it is", no_wrap=True, overflow="ellipsis", ratio=1)
    for row in api.items("/v1/vulnerabilities"):
        found = packages.get(row["id"], [])
        table.add_row(
            f"[{_COLOURS[row['priority']]}]{row['priority']}[/]",
            row["id"],
            ", ".join(package["name"] for package in found),
            ", ".join(dict.fromkeys(package["version"] for package in found)),
            ", ".join(dict.fromkeys(package["fixed_version"] or package["fix_state"] for package in found)),
            ", ".join(dict.fromkeys(str(package["layer"]["index"]) for package in found)),
            str(row["images_total"]),
            row["title"],
        )
    return table


def _samples(api: ApiClient) -> Table:
    table = Table(title="GET /v1/samples", title_justify="left", box=SIMPLE_HEAD)
    for column in ("Level", "Sample", "SHA-256", "Status", "Images"):
        table.add_column(column)
    for row in api.items("/v1/samples"):
        table.add_row(
            f"[{_LEVEL_COLOURS[row['level']]}]{row['level']}[/]",
            row["name"],
            row["sha256"][:16],
            row["status"],
            str(row["images_total"]),
        )
    return table


def _await(ask: Callable[[], _T | None], what: str) -> _T:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.2)
    raise PratiqueError(f"{what} did not end within {_SECONDS:.0f} seconds; see the logs")
