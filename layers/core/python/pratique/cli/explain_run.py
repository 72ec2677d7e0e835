"""What `explain` does once its options are read."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from pratique.cli.advisory_file import open_cli_database
from pratique.cli.explain import ExplainFormat
from pratique.cli.target_options import TargetOptions
from pratique.cli.target_run import DONE, NOT_SCANNED, read_target, refuse, table, write
from pratique.errors import PratiqueError
from pratique.matching.explain import explain
from pratique.reports.explanation import explanation_json, print_explanation
from pratique.services.read_layers import inventory_of


class ExplainRequest(Struct, frozen=True):
    """An explanation as it was asked for."""

    options: TargetOptions
    about: str
    format: ExplainFormat
    output: Path | None
    database: Path | None
    as_of: str = ""


def run_explain(request: ExplainRequest) -> int:
    """Explain a package or an id and return the exit status; what goes wrong is one line on standard error."""
    try:
        database = open_cli_database(request.database, as_of=request.as_of)
        target = read_target(request.options, None)
        explanation = explain(inventory_of(target.image, target.layers), database, request.about)
        if request.format is ExplainFormat.JSON:
            write(explanation_json(explanation), request.output)
        else:
            write(table(request.output, lambda console: print_explanation(console, explanation)), request.output)
    except PratiqueError as error:
        return refuse(error)
    return NOT_SCANNED if target.unread else DONE
