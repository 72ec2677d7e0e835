"""``pratique scan``: one image, on this machine, with no AWS."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pratique.cli.target_options import (
    AllowHttp,
    AsOf,
    LockFiles,
    NoCache,
    Output,
    PasswordStdin,
    PlatformName,
    Target,
    TargetOptions,
    Username,
    Workers,
)


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


def scan(
    target: Target,
    *,
    format: Annotated[ScanFormat, typer.Option(help="How to show what is found.")] = ScanFormat.TABLE,  # noqa: A002 - the option's name
    output: Output = None,
    fail_on: Annotated[
        list[Threshold] | None,
        typer.Option(help="End with status 1 where something as bad or worse is found; may be given for both kinds."),
    ] = None,
    platform: PlatformName = "",
    rules: Annotated[
        list[Path] | None,
        typer.Option(metavar="FOLDER", help="Further YARA rules: a folder or file; may be given several times."),
    ] = None,
    database: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Advisory database, instead of the one that is kept.")
    ] = None,
    as_of: AsOf = "",
    username: Username = "",
    password_stdin: PasswordStdin = False,
    allow_http: AllowHttp = False,
    no_cache: NoCache = False,
    workers: Workers = 0,
    lock_files: LockFiles = False,
    include_host: Annotated[
        bool,
        typer.Option(
            "--include-host", help="Show and count vulnerabilities of kernel, firmware and boot loaders, too."
        ),
    ] = False,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="End with status 1 where the image fails this policy (TOML).")
    ] = None,
    suppressions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Findings that are known and not acted on (TOML).")
    ] = None,
    hashes: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="List of known bad files by hash: plain, or ClamAV's .hdb and .hsb. Repeatable."
        ),
    ] = None,
    allow_list: Annotated[
        Path | None,
        typer.Option("--allow-list", metavar="FILE", help="Malicious samples that are wanted (TOML)."),
    ] = None,
    vex: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="VEX document (OpenVEX, CSAF 2.0, CycloneDX): what it says is not affected is suppressed. Repeatable.",
        ),
    ] = None,
    asff_account: Annotated[
        str, typer.Option(metavar="ID", help="Account whose Security Hub takes --format asff (12 digits).")
    ] = "",
    asff_region: Annotated[str, typer.Option(metavar="REGION", help="Region of that Security Hub.")] = "",
) -> None:
    """Scan one image for vulnerabilities and malicious samples.

    Exit status: 0 done; 1 a --fail-on threshold was reached or the --policy failed; 2 wrong usage; 3 the image could
    not be read or scanned.
    """
    from pratique.cli.scan_run import ScanRequest, run_scan

    options = TargetOptions(target, platform, username, password_stdin, allow_http, no_cache, workers, lock_files)
    request = ScanRequest(
        options,
        format,
        output,
        tuple(fail_on or ()),
        tuple(rules or ()),
        database,
        include_host,
        as_of,
        policy,
        suppressions,
        tuple(vex or ()),
        asff_account,
        asff_region,
        tuple(hashes or ()),
        allow_list,
    )
    status = run_scan(request)
    if status:
        raise typer.Exit(status)
