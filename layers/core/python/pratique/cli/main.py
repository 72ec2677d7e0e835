"""The ``pratique`` command: of its sub-commands, only the one that was named is imported."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from pratique import __version__

COMMANDS = ("scan", "inventory", "explain", "plan", "compare", "up", "push", "hunt", "advisories", "rules")
"""Every sub-command, in the order in which the help text lists them: ``scan`` is ``pratique.cli.scan.scan``."""

_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


class CommandLine(click.Group):
    """A group whose sub-commands are imported when they are asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of the sub-commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command:
        """Import a sub-command, which may be a group itself; raises NoSuchCommand."""
        if name not in COMMANDS:
            raise click.NoSuchCommand(name, possibilities=COMMANDS, ctx=ctx)
        command: click.Command = getattr(import_module(f"pratique.cli.{name}"), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the sub-command that was named."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)


@click.group(cls=CommandLine, help="Scans container images for vulnerabilities and malicious samples.")
@click.version_option(__version__, message="pratique %(version)s", help="Print the version and end.")
def pratique() -> None:
    """Scan container images for vulnerabilities and malicious samples."""


def main() -> None:
    """Run the command line."""
    pratique(prog_name="pratique")


if __name__ == "__main__":
    main()
