"""What `hunt` does once its options are read: upload packs, start the hunt, follow it to its end."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pratique.errors import InvalidValue, PratiqueError
from pratique.local.api_client import ApiClient
from pratique.local.system import Addresses
from pratique.malware.packs import RulePack, read_pack
from pratique.model.scope import Scope

DONE, LEFT_SOME, WRONG_USAGE, NOT_DONE = 0, 1, 2, 3
_PAUSE_SECONDS = 0.5
_NAME = re.compile(r"[^a-z0-9._-]+")


def run_hunt(packs: tuple[Path, ...], lists: tuple[Path, ...], scope: str, folder: Path) -> int:
    """Hunt and return the exit status; what goes wrong is one line on standard error."""
    try:
        wanted = Scope.parse(scope)
        read = [read_pack(place) for place in packs]
        texts = {_named(path.name): _text(path) for path in lists}
        api = ApiClient(Addresses.of(folder).api)
        for pack in read:
            _upload(api, pack)
        for name, text in texts.items():
            told = api.send("PUT", f"/v1/hash-lists/{name}", {"text": text})
            click.echo(f"list {name}: {told['hashes']} hashes uploaded, {told['refused']} lines left out")
        ended = _follow(api, api.send("POST", "/v1/hunts", {"scope": str(wanted)})["id"])
    except InvalidValue as error:
        click.echo(f"pratique: {error}", err=True)
        return WRONG_USAGE
    except PratiqueError as error:
        click.echo(f"pratique: {error}", err=True)
        return NOT_DONE
    click.echo(f"{ended['state']}: {ended['detail'] or 'nothing to do'}")
    if ended["state"] == "complete":
        return DONE
    return LEFT_SOME if ended["state"] == "partial" else NOT_DONE


def _upload(api: ApiClient, pack: RulePack) -> None:
    name = _named(pack.name)
    told = pack.manifest
    body = {
        "licence": told.licence,
        "source": told.source,
        "revision": told.revision,
        "levels": {rule: level.value for rule, level in told.levels.items()},
        "sources": {source.path: source.text for source in pack.sources},
    }
    api.send("PUT", f"/v1/rules/{name}", body)
    click.echo(f"rule pack {name}: {len(pack.sources)} files uploaded")


def _named(name: str) -> str:
    return _NAME.sub("-", name.lower()).strip(".-_") or "unnamed"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InvalidValue(f"{path} cannot be read: {error.strerror}") from error


def _follow(api: ApiClient, hunt: str) -> dict[str, Any]:
    """Show progress on standard error until the hunt has ended, and return its record."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("images"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("hunting", total=None)
        while True:
            record: dict[str, Any] = api.get(f"/v1/scans/{hunt}")
            progress.update(task, total=record["images"] or None, completed=record["images_done"])
            if record["ended"]:
                return record
            time.sleep(_PAUSE_SECONDS)
