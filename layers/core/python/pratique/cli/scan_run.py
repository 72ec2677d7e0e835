"""What `scan` does once its options are read: run the core and write a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from pratique.cli.advisory_file import open_cli_database
from pratique.cli.decision_files import read_allow_list, read_policy, read_suppressions
from pratique.cli.hash_files import read_hash_files
from pratique.cli.rule_choice import choose_rules
from pratique.cli.scan import ScanFormat, Threshold
from pratique.cli.target_options import TargetOptions
from pratique.cli.target_run import DONE, NOT_SCANNED, THRESHOLD_REACHED, now, read_target, refuse, table, tell, write
from pratique.cli.vex_files import read_vex_file, suppressions_of
from pratique.errors import InvalidValue, PratiqueError
from pratique.malware.hash_lists import with_hashes
from pratique.matching.check_policy import check_policy
from pratique.matching.suppress import Subject, Suppressing
from pratique.model.coverage import ScanStatus
from pratique.model.finding import ImageReport
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.model.policy import Policy
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.model.suppression import Suppression
from pratique.reports.asff import Receiver, partition_of
from pratique.reports.formats import ReportFormat, report_bytes
from pratique.reports.scan_summary import reaches, with_host_only
from pratique.reports.table import print_scan
from pratique.services.assess_image import assess


class ScanRequest(Struct, frozen=True):
    """A scan as it was asked for."""

    options: TargetOptions
    format: ScanFormat
    output: Path | None
    fail_on: tuple[Threshold, ...]
    rules: tuple[Path, ...]
    database: Path | None
    include_host: bool = False
    as_of: str = ""
    policy: Path | None = None
    suppressions: Path | None = None
    vex: tuple[Path, ...] = ()
    asff_account: str = ""
    asff_region: str = ""
    hashes: tuple[Path, ...] = ()
    allow_list: Path | None = None


def run_scan(request: ScanRequest) -> int:
    """Scan, write the report and return the exit status; what goes wrong is one line on standard error."""
    try:
        policy = read_policy(request.policy) if request.policy else Policy()
        receiver = _receiver(request)
        known = _known(request)
        allowed = read_allow_list(request.allow_list, now()) if request.allow_list else ()
        lists = read_hash_files(request.hashes)
        rules = choose_rules(request.rules, digests=lists.need_digests)
        database = open_cli_database(request.database, as_of=request.as_of)
        target = read_target(request.options, rules)
        layers = target.layers
        stated = _stated(request, target.image)
        suppressed = Suppressing((*known, *stated), Subject(target.image.reference, target.image.digest))
        report, inventory = assess(
            target.image,
            [report and with_hashes(report, lists) for report in layers.reports],
            database,
            more_reasons=layers.reasons,
            now=now(),
            allowed=allowed,
            suppressed=suppressed,
        )
        _tell_unused(request, known, report)
        report = with_host_only(report) if request.include_host else report
        write(_text(request, target.image, report, inventory, receiver), request.output)
    except PratiqueError as error:
        return refuse(error)
    if report.status is ScanStatus.FAILED:
        return NOT_SCANNED
    verdict = check_policy(policy, report, inventory, now=now())
    for reason in verdict.reasons:
        tell(f"policy failed: {reason}")
    if not verdict.passes:
        return THRESHOLD_REACHED
    return THRESHOLD_REACHED if any(reaches(report, _threshold(word)) for word in request.fail_on) else DONE


def _known(request: ScanRequest) -> tuple[Suppression, ...]:
    """Return the suppressions of the file; VEX documents are looked at, so that a malformed one ends the scan early."""
    for path in request.vex:
        read_vex_file(path, "")
    return read_suppressions(request.suppressions, now()) if request.suppressions else ()


def _tell_unused(request: ScanRequest, known: Sequence[Suppression], report: ImageReport) -> None:
    """Tell which suppressions of the file hide nothing here: left over, or about other images."""
    used = {one.id for one in report.suppressions}
    unused = [one.id for one in known if one.id not in used]
    if unused:
        tell(f"{request.suppressions}: {len(unused)} of {len(known)} match nothing in this image: {', '.join(unused)}")


def _stated(request: ScanRequest, image: Image) -> tuple[Suppression, ...]:
    """Return what the VEX documents hide, telling of each statement that hides nothing."""
    known: tuple[Suppression, ...] = ()
    for path in request.vex:
        reading = read_vex_file(path, image.digest)
        known += suppressions_of(path, reading, now())
        for ignored in reading.ignored:
            tell(f"{path}: suppresses nothing: {ignored}")
    return known


def _receiver(request: ScanRequest) -> Receiver | None:
    if request.format is not ScanFormat.ASFF:
        return None
    account, region = request.asff_account, request.asff_region
    if not re.fullmatch(r"[0-9]{12}", account) or not region:
        raise InvalidValue("--format asff needs --asff-account (12 digits) and --asff-region")
    return Receiver(account, region, partition_of(region))


def _text(
    request: ScanRequest, image: Image, report: ImageReport, inventory: ImageInventory, receiver: Receiver | None
) -> bytes | None:
    if request.format is ScanFormat.TABLE:
        return table(request.output, lambda console: print_scan(console, image, report, inventory))
    return report_bytes(ReportFormat(request.format.value), image, report, inventory, now=now(), receiver=receiver)


def _threshold(word: Threshold) -> Priority | Level:
    return Priority(word.value) if word.value in set(Priority) else Level(word.value)
