"""What `scan` and `inventory` do once their options are read: run the core and write a report."""

from __future__ import annotations

import datetime
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from pratique.cli.advisory_file import open_cli_database
from pratique.cli.explain import ExplainFormat
from pratique.cli.inventory import InventoryFormat
from pratique.cli.progress import LayerProgress
from pratique.cli.scan import ScanFormat, Threshold
from pratique.cli.target_options import TargetOptions
from pratique.cli.target_reader import (
    RuleChoice,
    choose_image,
    choose_rules,
    kept_reports,
    read_credentials,
    reader_builder,
    worker_count,
)
from pratique.errors import AdvisoryDatabaseError, InvalidValue, PratiqueError, RulesError
from pratique.matching.explain import explain
from pratique.model.coverage import ScanStatus
from pratique.model.finding import ImageReport
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.reports.cyclonedx import cyclonedx_json
from pratique.reports.explanation import explanation_json, print_explanation
from pratique.reports.inventory_json import inventory_json
from pratique.reports.scan_json import scan_json
from pratique.reports.scan_summary import reaches
from pratique.reports.table import print_inventory, print_scan
from pratique.services.scan_target import ScanTarget

DONE, THRESHOLD_REACHED, WRONG_USAGE, NOT_SCANNED = 0, 1, 2, 3
_FILE_WIDTH = 160


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """A scan as it was asked for."""

    options: TargetOptions
    format: ScanFormat
    output: Path | None
    fail_on: tuple[Threshold, ...]
    rules: tuple[Path, ...]
    database: Path | None


def run_scan(request: ScanRequest) -> int:
    """Scan, write the report and return the exit status; what goes wrong is one line on standard error."""
    try:
        rules = choose_rules(request.rules)
        database = open_cli_database(request.database)
        image, target, progress = _prepare(request.options, rules)
        with progress:
            report, inventory = target.scan(image, database, now=_now())
        _write(_scan_text(request, image, report, inventory), request.output)
    except PratiqueError as error:
        return _refuse(error)
    if report.status is ScanStatus.FAILED:
        return NOT_SCANNED
    return THRESHOLD_REACHED if any(reaches(report, _threshold(word)) for word in request.fail_on) else DONE


def run_inventory(options: TargetOptions, format_: InventoryFormat, output: Path | None) -> int:
    """List an image's packages and return the exit status, as `run_scan` does."""
    try:
        image, target, progress = _prepare(options, None)
        with progress:
            layers = target.layers(image)
        inventory = target.fold(image, layers)
        _write(_inventory_text(format_, output, image, inventory), output)
    except PratiqueError as error:
        return _refuse(error)
    return NOT_SCANNED if image.layers and not any(layers.reports) else DONE


def run_explain(
    options: TargetOptions, about: str, format_: ExplainFormat, output: Path | None, database: Path | None
) -> int:
    """Explain a package or an id and return the exit status, as `run_scan` does."""
    try:
        opened = open_cli_database(database)
        image, target, progress = _prepare(options, None)
        with progress:
            layers = target.layers(image)
        explanation = explain(target.fold(image, layers), opened, about)
        if format_ is ExplainFormat.JSON:
            _write(explanation_json(explanation), output)
        else:
            _write(_table(output, lambda console: print_explanation(console, explanation)), output)
    except PratiqueError as error:
        return _refuse(error)
    return NOT_SCANNED if image.layers and not any(layers.reports) else DONE


def _prepare(options: TargetOptions, rules: RuleChoice | None) -> tuple[Image, ScanTarget, LayerProgress]:
    credentials = read_credentials(options)
    chosen = choose_image(options, credentials)
    if chosen.note:
        _tell(chosen.note)
    progress = LayerProgress(chosen.image)
    builder = reader_builder(options, credentials, rules)
    target = ScanTarget(
        builder=builder,
        analyzer=builder.analyzer,
        workers=worker_count(options),
        objects=kept_reports(options),
        on_layer=progress.on_layer,
    )
    return chosen.image, target, progress


def _scan_text(request: ScanRequest, image: Image, report: ImageReport, inventory: ImageInventory) -> bytes | None:
    match request.format:
        case ScanFormat.JSON:
            return scan_json(image, report, inventory)
        case ScanFormat.CYCLONEDX:
            return cyclonedx_json(image, inventory, report=report, now=_now())
        case ScanFormat.TABLE:
            return _table(request.output, lambda console: print_scan(console, image, report, inventory))


def _inventory_text(
    format_: InventoryFormat, output: Path | None, image: Image, inventory: ImageInventory
) -> bytes | None:
    match format_:
        case InventoryFormat.JSON:
            return inventory_json(image, inventory)
        case InventoryFormat.CYCLONEDX:
            return cyclonedx_json(image, inventory, now=_now())
        case InventoryFormat.TABLE:
            return _table(output, lambda console: print_inventory(console, image, inventory))


def _table(output: Path | None, show: Callable[[Console], None]) -> bytes | None:
    """Print to the terminal and return None, or return the text of a file or pipe, which has no width of its own."""
    console = Console()
    if output is None and console.is_terminal:
        show(console)
        return None
    text = io.StringIO()
    show(Console(file=text, width=_FILE_WIDTH, color_system=None))
    return text.getvalue().encode()


def _write(body: bytes | None, output: Path | None) -> None:
    if body is None:
        return
    if output is None:
        sys.stdout.write(body.decode())
        return
    try:
        output.write_bytes(body)
    except OSError as error:
        raise InvalidValue(f"--output {output}: {error.strerror}") from error


def _threshold(word: Threshold) -> Priority | Level:
    return Priority(word.value) if word.value in set(Priority) else Level(word.value)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _refuse(error: PratiqueError) -> int:
    _tell(str(error))
    return WRONG_USAGE if isinstance(error, InvalidValue | RulesError | AdvisoryDatabaseError) else NOT_SCANNED


def _tell(text: str) -> None:
    print(f"pratique: {' '.join(text.split())}", file=sys.stderr)
