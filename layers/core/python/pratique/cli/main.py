"""The ``pratique`` command: its sub-commands, each of which imports what it needs when it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
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

COMMANDS: Mapping[str, Callable[..., None] | typer.Typer] = MappingProxyType(
    {
        "scan": scan,
        "inventory": inventory,
        "explain": explain,
        "plan": plan,
        "compare": compare,
        "up": up,
        "push": push,
        "hunt": hunt,
        "advisories": advisories_app,
        "rules": rules_app,
    }
)
"""Every sub-command, in the order in which the help text lists them."""


def application(names: Iterable[str] = tuple(COMMANDS)) -> typer.Typer:
    """Return the command line with the sub-commands called ``names``."""
    app = typer.Typer(
        help="Scans container images for vulnerabilities and malicious samples.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(pratique)
    for name in names:
        command = COMMANDS[name]
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def main() -> None:
    """Run the command line."""
    # Making a sub-command out of its signature takes milliseconds, so the others are made for help texts and mistakes.
    first = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    application([first] if first in COMMANDS else COMMANDS)(prog_name="pratique")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"pratique {__version__}")
        raise typer.Exit


def pratique(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Scan container images for vulnerabilities and malicious samples."""


if __name__ == "__main__":
    main()
