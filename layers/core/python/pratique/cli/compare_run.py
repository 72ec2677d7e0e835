"""What `compare` does once its options are read."""

from __future__ import annotations

from pathlib import Path

from pratique.cli.advisory_file import open_cli_database
from pratique.cli.compare import CompareFormat
from pratique.cli.target_options import TargetOptions
from pratique.cli.target_run import DONE, NOT_SCANNED, read_target, refuse, table, write
from pratique.errors import PratiqueError
from pratique.matching.compare_reports import compare_reports
from pratique.matching.matcher import match
from pratique.reports.comparison import comparison_json, print_comparison
from pratique.services.read_layers import inventory_of


def run_compare(
    before: TargetOptions,
    after: TargetOptions,
    format_: CompareFormat,
    output: Path | None,
    database: Path | None,
    *,
    as_of: str = "",
) -> int:
    """Compare two images and return the exit status; what goes wrong is one line on standard error."""
    try:
        opened = open_cli_database(database)
        then = open_cli_database(database, as_of=as_of) if as_of else opened
        was, now = read_target(before, None), read_target(after, None)
        found = [
            match(inventory_of(one.image, one.layers), known).vulnerabilities
            for one, known in ((was, then), (now, opened))
        ]
        comparison = compare_reports((was.image, found[0]), (now.image, found[1]))
        if format_ is CompareFormat.JSON:
            write(comparison_json(comparison), output)
        else:
            write(table(output, lambda console: print_comparison(console, comparison)), output)
    except PratiqueError as error:
        return refuse(error)
    return NOT_SCANNED if was.unread or now.unread else DONE
