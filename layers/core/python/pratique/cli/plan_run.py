"""What `plan` does once its options are read."""

from __future__ import annotations

from pathlib import Path

from pratique.cli.advisory_file import open_cli_database
from pratique.cli.plan import PlanFormat
from pratique.cli.target_options import TargetOptions
from pratique.cli.target_run import DONE, NOT_SCANNED, read_target, refuse, table, write
from pratique.errors import PratiqueError
from pratique.matching.matcher import match
from pratique.reports.plan import plan_json, print_plan
from pratique.services.plan_fixes import plan_fixes
from pratique.services.read_layers import inventory_of


def run_plan(options: TargetOptions, format_: PlanFormat, output: Path | None, database: Path | None) -> int:
    """Plan the fixes of one image and return the exit status; what goes wrong is one line on standard error."""
    try:
        target = read_target(options, None)
        opened = open_cli_database(database)
        inventory = inventory_of(target.image, target.layers)
        plan = plan_fixes(target.image, inventory, match(inventory, opened).vulnerabilities, opened)
        if format_ is PlanFormat.JSON:
            write(plan_json(plan), output)
        else:
            write(table(output, lambda console: print_plan(console, plan)), output)
    except PratiqueError as error:
        return refuse(error)
    return NOT_SCANNED if target.unread else DONE
