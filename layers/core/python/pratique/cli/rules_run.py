"""What ``pratique rules`` does once its options are read."""

from __future__ import annotations

from pathlib import Path

from pratique.cli.rules import RulesFormat
from pratique.cli.rules_table import print_check, print_rules, rules_json
from pratique.cli.target_run import DONE, THRESHOLD_REACHED, refuse, table, write
from pratique.errors import PratiqueError, RulesError
from pratique.malware.packs import read_pack, starter_pack
from pratique.malware.rule_list import ListedPack, list_pack


def run_check(packs: tuple[Path, ...], form: RulesFormat, output: Path | None, *, strict: bool) -> int:
    """Check packs and return the exit status; what cannot be checked is one line on standard error."""
    try:
        listed = [list_pack(read_pack(path)) for path in packs]
        _show(listed, form, output, check=True)
        for path, pack in zip(packs, listed, strict=True):
            if not pack.rules:
                raise RulesError("none of the rules compiles", path=str(path))
    except PratiqueError as error:
        return refuse(error)
    return THRESHOLD_REACHED if strict and any(pack.left_out for pack in listed) else DONE


def run_list(packs: tuple[Path, ...], form: RulesFormat, output: Path | None) -> int:
    """List the rules of the starter pack and of ``packs``; return the exit status."""
    try:
        listed = [list_pack(pack) for pack in (starter_pack(), *map(read_pack, packs))]
        _show(listed, form, output, check=False)
    except PratiqueError as error:
        return refuse(error)
    return DONE


def _show(listed: list[ListedPack], form: RulesFormat, output: Path | None, *, check: bool) -> None:
    if form is RulesFormat.JSON:
        write(rules_json(listed), output)
    else:
        write(table(output, lambda console: (print_check if check else print_rules)(console, listed)), output)
