"""``pratique inventory``: the packages of one image, with no advisory data and no malware scan."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

import click

from pratique.cli.report_options import format_option, output_option
from pratique.cli.target_options import TargetOptions, reads_images


class InventoryFormat(StrEnum):
    """How an inventory is shown; the short names are those that the HTTP API has."""

    TABLE = "table"
    JSON = "json"
    CYCLONEDX = "cyclonedx"
    CYCLONEDX_JSON = "cyclonedx-json"
    SPDX = "spdx"
    SPDX_JSON = "spdx-json"


@click.command()
@format_option(InventoryFormat, "How to show the packages.")
@output_option
@reads_images("target")
def inventory(target: TargetOptions, format_: InventoryFormat, *, output: Path | None) -> None:
    """List the packages of one image.

    Exit status: 0 done; 2 wrong usage; 3 the image could not be read.
    """
    from pratique.cli.inventory_run import run_inventory

    sys.exit(run_inventory(target, format_, output))
