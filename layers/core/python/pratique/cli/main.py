"""The ``pratique`` command: its sub-commands, each of which imports what it needs when it runs."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from pratique import __version__
from pratique.cli.advisories import advisories_app
from pratique.cli.compare import compare
from pratique.cli.explain import explain
from pratique.cli.hunt import hunt
from pratique.cli.inventory import inventory
from pratique.cli.plan import plan
from pratique.cli.push import push
from pratique.cli.rules import rules_app
from pratique.cli.scan import scan
from pratique.cli.up import up

_OBJECTS_BETWEEN_COLLECTIONS = 100_000

app = typer.Typer(
    help="Scans container images for vulnerabilities and malicious samples.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (scan, inventory, explain, plan, compare, up, push, hunt):
    app.command()(command)
app.add_typer(advisories_app, name="advisories")
app.add_typer(rules_app, name="rules")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"pratique {__version__}")
        raise typer.Exit


@app.callback()
def pratique(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Scan container images for vulnerabilities and malicious samples."""


def main() -> None:
    """Run the command line; the entry point of the installed program."""
    # Most runs are short and make hardly any cycles: looking for some every 700 objects is time for nothing.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    app(prog_name="pratique")


if __name__ == "__main__":
    main()
