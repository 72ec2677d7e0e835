"""The golden reports: the sample image of ``make run`` in every format, at a fixed moment, with two suppressions.

    make golden     # writes the files in this folder again: read the difference as you read code

Advisories and rules are the starter sets.  Their revisions are named ``ADVISORIES`` and ``RULES`` here, and the
program's version ``VERSION``: they change with every release, and a report does not.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec import structs
from rich.console import Console

from pratique import __version__
from pratique.adapters.sources import open_source
from pratique.advisories.starter import starter_database
from pratique.archive.limits import Limits
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.local.sample_image import write_sample_image
from pratique.malware.packs import starter_pack
from pratique.malware.rules import compile_packs
from pratique.malware.scanner import RuleScanner
from pratique.matching.suppress import Subject, Suppressing
from pratique.model.digest import Digest
from pratique.model.finding import ImageReport
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.model.suppression import Covers, Justification, Suppression
from pratique.reports.asff import Receiver
from pratique.reports.bill_of_materials import BillFormat, bill_bytes
from pratique.reports.formats import ReportFormat, report_bytes
from pratique.reports.inventory_json import inventory_json
from pratique.reports.table import print_inventory, print_scan
from pratique.services.assess_image import assess
from pratique.services.read_layers import LayerReader

FOLDER = Path(__file__).parent
_NOW = datetime.datetime(2026, 12, 1, 12, 0, tzinfo=datetime.UTC)
_SUPPRESSIONS = (
    Suppression(
        "01JE0000000000000000000001",
        Covers(vulnerability="CVE-2019-11324", package="urllib3"),
        "The shop pins its certificate authorities.",
        "shop team",
        "ann",
        _NOW,
        Justification.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH,
    ),
    Suppression(
        "01JE0000000000000000000002",
        Covers(vulnerability="CVE-2019-10744"),
        "Replaced in the next release.",
        "shop team",
        "ann",
        _NOW,
    ),
)
_ENDINGS = {
    ReportFormat.JSON: "scan.json",
    ReportFormat.CYCLONEDX: "scan.cyclonedx.json",
    ReportFormat.SARIF: "scan.sarif",
    ReportFormat.CSV: "scan.csv",
    ReportFormat.JSON_LINES: "scan.jsonl",
    ReportFormat.JUNIT: "scan.junit.xml",
    ReportFormat.HTML: "scan.html",
    ReportFormat.ASFF: "scan.asff.json",
    ReportFormat.OPENVEX: "scan.openvex.json",
}


def golden_reports(folder: Path) -> dict[str, bytes]:
    """Return every report by the name of its file; ``folder`` is for scratch files."""
    image, report, inventory, revisions = _scanned(folder)
    made = dict(_reports(image, report, inventory))
    return {name: _without(body, revisions) for name, body in made.items()}


def _scanned(folder: Path) -> tuple[Image, ImageReport, ImageInventory, dict[str, str]]:
    write_sample_image(folder / "image")
    source, reference = open_source(str(folder / "image"))
    (found,) = source.images(reference)
    image = structs.replace(found, reference="registry.example/demo/shop:1.0")
    scanner = RuleScanner(compile_packs((starter_pack(),)))
    reader = LayerReader(source, Selector(EXTRACTORS), scanner, Limits(), "golden")
    reports = [reader.read(layer) for layer in image.layers]
    image = _with_lasting_digests(image)
    database = starter_database(folder)
    suppressed = Suppressing(_SUPPRESSIONS, Subject("demo/shop", image.digest))
    report, inventory = assess(image, reports, database, now=_NOW, suppressed=suppressed)
    revisions = {
        database.revision.revision: "ADVISORIES",
        report.coverage.rules_revision: "RULES",
        f"pratique-{__version__}": "pratique-VERSION",
        f"pratique {__version__}": "pratique VERSION",
        f'"version": "{__version__}"': '"version": "VERSION"',
        f'"semanticVersion": "{__version__}"': '"semanticVersion": "VERSION"',
    }
    return image, report, inventory, revisions


def _with_lasting_digests(image: Image) -> Image:
    """Return the image with digests that no compressor decides: those of diff IDs, which are of what is compressed."""

    def digest(text: str) -> Digest:
        return Digest(f"sha256:{hashlib.sha256(text.encode()).hexdigest()}")

    layers = tuple(structs.replace(layer, digest=digest(layer.diff_id), size=1000) for layer in image.layers)
    whole = "".join(layer.diff_id for layer in layers)
    return structs.replace(image, digest=digest(whole), config_digest=digest(f"config {whole}"), layers=layers)


def _reports(image: Image, report: ImageReport, inventory: ImageInventory) -> Iterator[tuple[str, bytes]]:
    receiver = Receiver("111122223333", "eu-central-1")
    for form, name in _ENDINGS.items():
        yield name, report_bytes(form, image, report, inventory, now=_NOW, receiver=receiver)
    text = io.StringIO()
    print_scan(Console(file=text, width=160, color_system=None), image, report, inventory)
    yield "scan.table.txt", text.getvalue().encode()
    text = io.StringIO()
    print_inventory(Console(file=text, width=160, color_system=None), image, inventory)
    yield "inventory.table.txt", text.getvalue().encode()
    yield "inventory.json", inventory_json(image, inventory)
    for bill in BillFormat:
        yield f"inventory.{bill.value}.json", bill_bytes(bill, image, inventory, now=_NOW)


def _without(body: bytes, revisions: dict[str, str]) -> bytes:
    for revision, name in revisions.items():
        body = body.replace(revision.encode(), name.encode())
    return body


def main() -> None:
    """Write the files again."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, body in golden_reports(Path(scratch)).items():
            (FOLDER / name).write_bytes(body)
            print(f"{FOLDER / name}: {len(body)} bytes")  # noqa: T201 - it is a command


if __name__ == "__main__":
    main()
