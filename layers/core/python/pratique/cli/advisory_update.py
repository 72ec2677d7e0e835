"""What ``pratique advisories update`` does: build beside the present database, try it, put it in its place."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pratique.adapters.folder_feed import FolderFeed
from pratique.adapters.http_feed import HttpFeed
from pratique.advisories.database import open_database, restate
from pratique.advisories.sources import SOURCES
from pratique.cli.advisory_file import kept_databases
from pratique.errors import AdvisoryDatabaseError, FeedError
from pratique.ports.advisories import AdvisoryRevision, SourceState
from pratique.ports.feeds import Feed
from pratique.services.advisory_record import CanaryResult
from pratique.services.canary import known_findings, watch_canary
from pratique.services.refresh_database import LastDatabase, Refreshed, refresh
from pratique.services.store_database import store_database


def run_update(source: str, path: Path) -> Refreshed:
    """Update the database at ``path`` from a mirror (a URL or a folder; empty: the sources' own hosts).

    Where no source has anything new, only their ages are written.

    Raises FeedError where no source could be read, or where a finding that was known would go missing; the present
    database then stays.
    """
    last = _last(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AdvisoryDatabaseError(f"cannot be written: {error.strerror}", path=str(path)) from error
    unfinished = path.with_name(f"{path.name}.unfinished")
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("advisory sources", total=len(SOURCES))

            def advance(state: SourceState) -> None:
                progress.update(task, advance=1, description=state.name)

            refreshed = refresh(
                open_feed(source),
                unfinished,
                mirrored=bool(source),
                now=datetime.now(UTC),
                last=last,
                progress=advance,
            )
        if refreshed.rebuilt:
            canary = watch_canary(open_database(unfinished), known_findings(last.open()) if last else ())
            if canary.lost:
                lost = ", ".join(canary.lost)
                raise FeedError(f"the present database stays, because known findings went missing: {lost}")
            _keep(path, unfinished, refreshed.revision, canary)
        else:
            restate(path, unfinished, refreshed.revision.sources)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return refreshed


def _keep(path: Path, built: Path, revision: AdvisoryRevision, canary: CanaryResult) -> None:
    """Keep a copy for questions about the past."""
    history, now = kept_databases(path), datetime.now(UTC)
    history.add(store_database(history.objects, built, revision, canary, now=now, level=3), now)


def open_feed(source: str) -> Feed:
    """Return the feed of a mirror's URL or folder; raises FeedError where the folder does not exist."""
    if not source or "://" in source:
        return HttpFeed(source)
    folder = Path(source)
    if not folder.is_dir():
        raise FeedError("there is no such folder", path=source)
    return FolderFeed(folder)


def _last(path: Path) -> LastDatabase | None:
    try:
        database = open_database(path) if path.exists() else None
    except AdvisoryDatabaseError:
        return None  # of an older program, or damaged: everything is fetched anew
    return LastDatabase(database.revision, lambda: database) if database else None
