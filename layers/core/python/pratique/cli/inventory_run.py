"""What `inventory` does once its options are read.  Start-up is most of it, so it imports as little as it can."""

from __future__ import annotations

from pathlib import Path

from pratique.cli.inventory import InventoryFormat
from pratique.cli.target_options import TargetOptions
from pratique.cli.target_run import DONE, NOT_SCANNED, now, read_target, refuse, table, write
from pratique.errors import PratiqueError
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.services.read_layers import inventory_of


def run_inventory(options: TargetOptions, format_: InventoryFormat, output: Path | None) -> int:
    """List an image's packages and return the exit status; what goes wrong is one line on standard error."""
    try:
        target = read_target(options, None)
        write(_text(format_, output, target.image, inventory_of(target.image, target.layers)), output)
    except PratiqueError as error:
        return refuse(error)
    return NOT_SCANNED if target.unread else DONE


def _text(format_: InventoryFormat, output: Path | None, image: Image, inventory: ImageInventory) -> bytes | None:
    match format_:
        case InventoryFormat.JSON:
            from pratique.reports.inventory_json import inventory_json

            return inventory_json(image, inventory)
        case InventoryFormat.CYCLONEDX | InventoryFormat.CYCLONEDX_JSON:
            from pratique.reports.cyclonedx import cyclonedx_json

            return cyclonedx_json(image, inventory, now=now())
        case InventoryFormat.SPDX | InventoryFormat.SPDX_JSON:
            from pratique.reports.spdx import spdx_json

            return spdx_json(image, inventory, now=now())
        case InventoryFormat.TABLE:
            from pratique.reports.table import print_inventory

            return table(output, lambda console: print_inventory(console, image, inventory))
