"""``pratique up``: the whole system on this machine, until Ctrl-C."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pratique.cli.local_folder import LOCAL_FOLDER
from pratique.cli.parameter_types import PATH

if TYPE_CHECKING:
    from rich.console import Console

    from pratique.local.system import LocalSystem

_LOG_COLUMNS = 140


@click.command()
@click.option(
    "--project",
    type=PATH,
    default=Path(),
    show_default=True,
    help="Pratique's project folder, with template.yaml.",
)
@click.option("--folder", type=PATH, default=LOCAL_FOLDER, show_default=True, help="Where state and logs are kept.")
@click.option("--port", default=8470, show_default=True, help="Port of API and console on 127.0.0.1; 0 takes any.")
@click.option("--workers", default=0, show_default=True, help="Processes that read layers; 0: one for each core.")
@click.option(
    "--advisories",
    default="",
    metavar="URL-or-folder",
    help="Update advisory data from this mirror; else the starter set.",
)
@click.option("--sample", is_flag=True, help="Push a small sample image and show what is found.")
@click.option("--once", is_flag=True, help="End when the sample's findings have been shown.")
def up(project: Path, folder: Path, *, port: int, workers: int, advisories: str, sample: bool, once: bool) -> None:
    """Run registry, functions, tables, API and console on 127.0.0.1; `pratique push` puts images in."""
    from rich.console import Console

    from pratique.errors import PratiqueError
    from pratique.local.system import LocalSystem

    if once and not sample:
        click.echo("pratique: --once needs --sample", err=True)
        sys.exit(2)
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
            click.echo(f"pratique: {error}", err=True)
            sys.exit(3)
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
