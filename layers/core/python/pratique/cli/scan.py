"""``pratique scan``: one image, on this machine, with no AWS."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

import click

from pratique.cli.parameter_types import PATH, OneOf
from pratique.cli.report_options import as_of_option, database_option, format_option, output_option
from pratique.cli.target_options import TargetOptions, reads_images


class ScanFormat(StrEnum):
    """How a scan is shown."""

    TABLE = "table"
    JSON = "json"
    CYCLONEDX = "cyclonedx"
    SARIF = "sarif"
    CSV = "csv"
    JSON_LINES = "jsonl"
    JUNIT = "junit"
    HTML = "html"
    ASFF = "asff"
    OPENVEX = "openvex"


class Threshold(StrEnum):
    """What ``--fail-on`` takes: a priority of vulnerabilities or a level of malicious samples."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    URGENT = "urgent"
    WARNING = "warning"
    NOTICE = "notice"


@click.command()
@format_option(ScanFormat, "How to show what is found.")
@output_option
@click.option(
    "--fail-on",
    type=OneOf(Threshold),
    multiple=True,
    help="End with status 1 where something as bad or worse is found; may be given for both kinds.",
)
@click.option(
    "--rules",
    type=PATH,
    multiple=True,
    metavar="FOLDER",
    help="Further YARA rules: a folder or file; may be given several times.",
)
@database_option
@as_of_option
@reads_images("target")
@click.option(
    "--include-host",
    is_flag=True,
    help="Show and count vulnerabilities of kernel, firmware and boot loaders, too.",
)
@click.option("--policy", type=PATH, metavar="FILE", help="End with status 1 where the image fails this policy (TOML).")
@click.option("--suppressions", type=PATH, metavar="FILE", help="Findings that are known and not acted on (TOML).")
@click.option(
    "--hashes",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="List of known bad files by hash: plain, or ClamAV's .hdb and .hsb. Repeatable.",
)
@click.option("--allow-list", type=PATH, metavar="FILE", help="Malicious samples that are wanted (TOML).")
@click.option(
    "--vex",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="VEX document (OpenVEX, CSAF 2.0, CycloneDX): what it says is not affected is suppressed. Repeatable.",
)
@click.option(
    "--asff-account", default="", metavar="ID", help="Account whose Security Hub takes --format asff (12 digits)."
)
@click.option("--asff-region", default="", metavar="REGION", help="Region of that Security Hub.")
def scan(
    target: TargetOptions,
    format_: ScanFormat,
    *,
    output: Path | None,
    fail_on: tuple[Threshold, ...],
    rules: tuple[Path, ...],
    database: Path | None,
    as_of: str,
    include_host: bool,
    policy: Path | None,
    suppressions: Path | None,
    hashes: tuple[Path, ...],
    allow_list: Path | None,
    vex: tuple[Path, ...],
    asff_account: str,
    asff_region: str,
) -> None:
    """Scan one image for vulnerabilities and malicious samples.

    Exit status: 0 done; 1 a --fail-on threshold was reached or the --policy failed; 2 wrong usage; 3 the image could
    not be read or scanned.
    """
    from pratique.cli.scan_run import ScanRequest, run_scan

    request = ScanRequest(
        target,
        format_,
        output,
        fail_on,
        rules,
        database,
        include_host,
        as_of,
        policy,
        suppressions,
        vex,
        asff_account,
        asff_region,
        hashes,
        allow_list,
    )
    sys.exit(run_scan(request))
