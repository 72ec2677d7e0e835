"""Where the local system keeps its state, and how a command is told which one is meant."""

from __future__ import annotations

from pathlib import Path

import click

from pratique.cli.parameter_types import PATH

LOCAL_FOLDER = Path(".pratique")

local_folder_option = click.option(
    "--folder", type=PATH, default=LOCAL_FOLDER, show_default=True, help="Folder of the running local system."
)
