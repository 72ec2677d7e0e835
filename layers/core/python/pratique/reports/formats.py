"""Every format of a scan that other programs read, by name."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from enum import StrEnum

from pratique.errors import InvalidValue
from pratique.model.finding import ImageReport
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.reports.asff import Receiver, asff_json
from pratique.reports.cyclonedx import cyclonedx_json
from pratique.reports.html import html_page
from pratique.reports.junit import junit_xml
from pratique.reports.lines import csv_report, json_lines
from pratique.reports.openvex import openvex_json
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
    OPENVEX = "openvex"

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


# Those that need nothing but the scan.
_WRITERS: Mapping[ReportFormat, Callable[[Image, ImageReport, ImageInventory], bytes]] = {
    ReportFormat.JSON: scan_json,
    ReportFormat.SARIF: sarif_json,
    ReportFormat.CSV: csv_report,
    ReportFormat.JSON_LINES: json_lines,
    ReportFormat.JUNIT: junit_xml,
}


def report_bytes(
    form: ReportFormat,
    image: Image,
    report: ImageReport,
    inventory: ImageInventory,
    *,
    now: datetime.datetime,
    receiver: Receiver | None = None,
) -> bytes:
    """Return a scan in one format; ``receiver`` is whose Security Hub takes it, which ASFF alone needs.

    Raises InvalidValue for ASFF without one, and for OpenVEX where nothing is suppressed.
    """
    match form:
        case ReportFormat.CYCLONEDX:
            return cyclonedx_json(image, inventory, report=report, now=now)
        case ReportFormat.HTML:
            return html_page(image, report, inventory, now=now)
        case ReportFormat.OPENVEX:
            return openvex_json(image, report, inventory, now=now)
        case ReportFormat.ASFF:
            if receiver is None:
                raise InvalidValue("asff needs the account and region of the Security Hub that it is for")
            return asff_json(image, report, inventory, receiver=receiver, now=now)
        case _:
            return _WRITERS[form](image, report, inventory)
