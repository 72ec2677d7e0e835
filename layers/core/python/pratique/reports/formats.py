"""Every format of a scan that other programs read, by name."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import assert_never

from pratique.errors import InvalidValue
from pratique.model.finding import ImageReport
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.reports.asff import Receiver, asff_json
from pratique.reports.cyclonedx import cyclonedx_json
from pratique.reports.html import html_page
from pratique.reports.junit import junit_xml
from pratique.reports.lines import csv_report, json_lines
from pratique.reports.sarif import sarif_json
from pratique.reports.scan_json import scan_json


class ReportFormat(StrEnum):
    """The formats; the words are part of the API and of the command line."""

    JSON = "json"
    CYCLONEDX = "cyclonedx"
    SARIF = "sarif"
    CSV = "csv"
    JSON_LINES = "jsonl"
    JUNIT = "junit"
    HTML = "html"
    ASFF = "asff"

    @property
    def media_type(self) -> str:
        """What an HTTP answer in this format is."""
        return _MEDIA_TYPES.get(self, "application/json")


_MEDIA_TYPES = {
    ReportFormat.CYCLONEDX: "application/vnd.cyclonedx+json",
    ReportFormat.SARIF: "application/sarif+json",
    ReportFormat.CSV: "text/csv; charset=utf-8",
    ReportFormat.JSON_LINES: "application/jsonl",
    ReportFormat.JUNIT: "application/xml",
    ReportFormat.HTML: "text/html; charset=utf-8",
}


def report_bytes(  # noqa: PLR0911 - one line a format
    form: ReportFormat,
    image: Image,
    report: ImageReport,
    inventory: ImageInventory,
    *,
    now: datetime.datetime,
    receiver: Receiver | None = None,
) -> bytes:
    """Return a scan in one format; ``receiver`` is whose Security Hub takes it, which ASFF alone needs.

    Raises InvalidValue for ASFF without one.
    """
    match form:
        case ReportFormat.JSON:
            return scan_json(image, report, inventory)
        case ReportFormat.CYCLONEDX:
            return cyclonedx_json(image, inventory, report=report, now=now)
        case ReportFormat.SARIF:
            return sarif_json(image, report, inventory)
        case ReportFormat.CSV:
            return csv_report(image, report, inventory)
        case ReportFormat.JSON_LINES:
            return json_lines(image, report, inventory)
        case ReportFormat.JUNIT:
            return junit_xml(image, report, inventory)
        case ReportFormat.HTML:
            return html_page(image, report, inventory, now=now)
        case ReportFormat.ASFF:
            if receiver is None:
                raise InvalidValue("asff needs the account and region of the Security Hub that it is for")
            return asff_json(image, report, inventory, receiver=receiver, now=now)
        case _:
            assert_never(form)
