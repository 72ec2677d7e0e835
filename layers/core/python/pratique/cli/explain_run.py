"""What `explain` does once its options are read."""

from __future__ import annotations

from pathlib import Path

from pratique.cli.advisory_file import open_cli_database
from pratique.cli.explain import ExplainFormat
from pratique.cli.target_options import TargetOptions
from pratique.cli.target_run import DONE, NOT_SCANNED, read_target, refuse, table, write
from pratique.errors import PratiqueError
from pratique.matching.explain import explain
from pratique.reports.explanation import explanation_json, print_explanation
from pratique.services.read_layers import inventory_of


def run_explain(
    options: TargetOptions, about: str, format_: ExplainFormat, output: Path | None, database: Path | None
) -> int:
    """Explain a package or an id and return the exit status; what goes wrong is one line on standard error."""
    try:
        target = read_target(options, None)
        explanation = explain(inventory_of(target.image, target.layers), open_cli_database(database), about)
        if format_ is ExplainFormat.JSON:
            write(explanation_json(explanation), output)
        else:
            write(table(output, lambda console: print_explanation(console, explanation)), output)
    except PratiqueError as error:
        return refuse(error)
    return NOT_SCANNED if target.unread else DONE
