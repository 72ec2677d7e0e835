"""The formats of a bill of materials, by name."""

from __future__ import annotations

import datetime
from enum import StrEnum

from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.reports.cyclonedx import cyclonedx_json
from pratique.reports.spdx import spdx_json


class BillFormat(StrEnum):
    """The formats; the words are part of the API."""

    CYCLONEDX = "cyclonedx"
    SPDX = "spdx"

    @property
    def media_type(self) -> str:
        """What an HTTP answer in this format is: https://www.iana.org/assignments/media-types."""
        match self:
            case BillFormat.CYCLONEDX:
                return "application/vnd.cyclonedx+json"
            case BillFormat.SPDX:
                return "application/spdx+json"


def bill_bytes(form: BillFormat, image: Image, inventory: ImageInventory, *, now: datetime.datetime) -> bytes:
    """Return an inventory in one format, stamped with ``now``."""
    match form:
        case BillFormat.CYCLONEDX:
            return cyclonedx_json(image, inventory, now=now)
        case BillFormat.SPDX:
            return spdx_json(image, inventory, now=now)
