"""``pratique up``: the whole system on this machine, until Ctrl-C."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from pratique.local.system import LocalSystem

FOLDER = Path(".pratique")
DEFAULT_PORT = 8470
_LOG_COLUMNS = 140


def up(
    project: Annotated[Path, typer.Option(help="Pratique's project folder, with template.yaml.")] = Path(),
    folder: Annotated[Path, typer.Option(help="Where state and logs are kept.")] = FOLDER,
    port: Annotated[int, typer.Option(help="Port of API and console on 127.0.0.1; 0 takes any.")] = DEFAULT_PORT,
    workers: Annotated[int, typer.Option(help="Processes that read layers; 0: one for each core.")] = 0,
    advisories: Annotated[
        str, typer.Option(metavar="URL-or-folder", help="Update advisory data from this mirror; else the starter set.")
    ] = "",
    sample: Annotated[bool, typer.Option("--sample", help="Push a small sample image and show what is found.")] = False,
    once: Annotated[bool, typer.Option("--once", help="End when the sample's findings have been shown.")] = False,
) -> None:
    """Run registry, functions, tables, API and console on 127.0.0.1; `pratique push` puts images in."""
    from rich.console import Console

    from pratique.errors import PratiqueError
    from pratique.local.system import LocalSystem

    if once and not sample:
        typer.echo("pratique: --once needs --sample", err=True)
        raise typer.Exit(2)
    console = Console(file=sys.stdout)
    if not console.is_terminal:
        console.width = _LOG_COLUMNS
    folder.mkdir(parents=True, exist_ok=True)
    # The functions log to their standard output, as in Lambda; here that is a file, and the terminal is ours.
    with (folder / "functions.log").open("a", buffering=1) as log:
        ours, sys.stdout = sys.stdout, log
        try:
            console.print("Starting the local system …")
            with LocalSystem(
                project=project, folder=folder, port=port, workers=workers, advisories=advisories
            ) as system:
                _serve(console, system, folder, sample=sample, once=once)
        except (PratiqueError, OSError) as error:
            typer.echo(f"pratique: {error}", err=True)
            raise typer.Exit(3) from error
        finally:
            sys.stdout = ours


def _serve(console: Console, system: LocalSystem, folder: Path, *, sample: bool, once: bool) -> None:
    from pratique.local.demonstration import demonstrate

    addresses = system.addresses
    console.print(f"API       {addresses.api}/v1   (document: {addresses.api}/v1/openapi.json)")
    console.print(f"Console   {addresses.api}/")
    console.print(f"Registry  {addresses.registry}   (pratique push TARGET REPOSITORY:TAG)")
    console.print(f"Logs      {folder}/functions.log, {folder}/workers.log")
    if sample:
        demonstrate(console, addresses, folder / "sample")
    if not once:
        console.print("Running until Ctrl-C.")
        _wait_for_signal()
        console.print("Stopping …")


def _wait_for_signal() -> None:
    # A shell's background job is started with the first one ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        return
