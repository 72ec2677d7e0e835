"""A scan and an inventory for people, on a terminal.  Colour only repeats what words already say.

Names and paths come out of images and may hold terminal control sequences: `shown` makes every one of them visible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from pratique.model.advisory import FixState
from pratique.model.coverage import Coverage, LeftOut, Reason, ScanStatus
from pratique.model.finding import Category, ImageReport, PackageFinding, VulnerabilityFinding
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.model.sample import Level
from pratique.model.severity import Priority
from pratique.reports.inventory_json import inventory_status
from pratique.reports.layer_places import UNKNOWN_INDEX, LayerPlace, layer_places, place_of
from pratique.reports.printable import printable
from pratique.reports.scan_summary import summarize
from pratique.reports.visible_text import shown

_COLOURS: Mapping[str, str] = {
    Priority.HIGH: "bold red",
    Priority.MEDIUM: "dark_orange",
    Priority.LOW: "bright_black",
    Level.URGENT: "bold red",
    Level.WARNING: "dark_orange",
    Level.NOTICE: "bright_black",
    ScanStatus.COMPLETE: "green",
    ScanStatus.PARTIAL: "yellow",
    ScanStatus.UNSUPPORTED: "yellow",
    ScanStatus.FAILED: "bold red",
}
_FIXES: Mapping[FixState, str] = {
    FixState.NOT_FIXED: "no fix yet",
    FixState.WILL_NOT_FIX: "will not be fixed",
    FixState.UNKNOWN: "not known",
    FixState.FIXED: "fixed, version not named",
}
_HEADINGS: Mapping[Category, str] = {
    Category.SYSTEM: "System vulnerabilities",
    Category.APPLICATION: "Application vulnerabilities",
}
_HOST_ONLY = "Vulnerabilities of kernel, firmware and boot loaders, for a host that boots them"
_VERDICTS: Mapping[ScanStatus, str] = {
    ScanStatus.COMPLETE: "the image was scanned whole, with current advisories",
    ScanStatus.PARTIAL: "not everything was seen or could be judged; what was found is not all there may be",
    ScanStatus.UNSUPPORTED: "there is no advisory data for this image; nothing found does not mean clean",
    ScanStatus.FAILED: "the image could not be scanned",
}
_LEFT_OUT: Mapping[LeftOut, str] = {
    LeftOut.NOT_SELECTED: "of kinds that are not scanned",
    LeftOut.OVER_LIMIT: "over a limit",
    LeftOut.UNREADABLE: "unreadable",
    LeftOut.TOO_DEEP: "too deep in archives",
    LeftOut.DAMAGED: "damaged archives, scanned as far as they can be read",
}
_REASONS_SHOWN = 20
_NAMES_SHOWN = 5
_THOUSAND = 1000


def print_scan(console: Console, image: Image, report: ImageReport, inventory: ImageInventory) -> None:
    """Print a scan: samples, vulnerabilities by category, what was not seen, and the summary last."""
    places = layer_places(image)
    console.print(_heading(image, str(inventory.distribution or "distribution not known")))
    if report.samples:
        console.print(_samples(report, places))
    for category, heading in _HEADINGS.items():
        found = [one for one in report.open_vulnerabilities if one.category is category and not one.host_only]
        if found:
            console.print(_vulnerabilities(heading, found, places))
    if found := [one for one in report.vulnerabilities if one.host_only]:
        console.print(_vulnerabilities(_HOST_ONLY, found, places))
    console.print(_coverage(report.status, report.coverage.reasons, places))
    console.print(_scanned(report.coverage))
    console.print(_summary(report))


def print_inventory(console: Console, image: Image, inventory: ImageInventory) -> None:
    """Print the packages of an image, and what was not seen."""
    places = layer_places(image)
    console.print(_heading(image, str(inventory.distribution or "distribution not known")))
    table = _table("Type", "Package", "Version", "Layer", "Path")
    for installed in sorted(inventory.packages, key=lambda each: each.package.key):
        package, location = installed.package, installed.locations[0]
        cells = (package.type.value, package.name, package.version, _layer(places, location.layer), location.path)
        table.add_row(*(shown(cell) for cell in cells))
    if inventory.packages:
        console.print(table)
    console.print(_coverage(inventory_status(inventory), inventory.reasons, places))
    console.print(f"{len(inventory.packages)} packages")


def _table(*columns: str, title: str = "") -> Table:
    table = Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _heading(image: Image, distribution: str) -> RenderableType:
    return Text.assemble(
        (printable(image.reference), "bold"),
        printable(f"  {image.platform}  {distribution}") + "\n",
        (image.digest, "dim"),
        "\n" + printable(_base(image)),
    )


def _base(image: Image) -> str:
    base, layers = image.base, len(image.layers)
    if not (base.layers or base.name or base.digest):
        return f"Base image not recognised: {base.because}"
    named = base.name or base.digest
    return f"Base image: {f'{named}, ' if named else ''}{base.layers} of {layers} layers ({base.because})"


def _coloured(word: str) -> Text:
    return Text(word, style=_COLOURS.get(word, ""))


def _vulnerabilities(
    heading: str, findings: Sequence[VulnerabilityFinding], places: Mapping[str, LayerPlace]
) -> RenderableType:
    table = _table("Priority", "Vulnerability", "Severity", "Package", "Version", "Fixed in", "Layer", title=heading)
    rows = [(finding, *row) for finding in findings for row in _of_one_source(finding, places)]
    rows.sort(key=lambda row: (row[0].priority.rank, row[1], row[0].vulnerability.id))
    for finding, names, version, fix, layer in rows:
        table.add_row(
            _coloured(finding.priority.value),
            shown(finding.vulnerability.id),
            finding.vulnerability.severity.value,
            shown(names),
            shown(version),
            shown(fix),
            layer,
        )
    return table


def _of_one_source(
    finding: VulnerabilityFinding, places: Mapping[str, LayerPlace]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield names, version, fix and layer of a finding's packages, those of one source and one fate together."""
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for affected in finding.packages:
        if not affected.suppressed_by:
            package, layer = affected.installed.package, _layer(places, affected.installed.locations[0].layer)
            key = (package.source_name or package.name, package.version, _fix(affected), layer)
            groups.setdefault(key, []).append(package.name)
    for (source, version, fix, layer), names in groups.items():
        listed = list(dict.fromkeys(names))
        more = f" and {len(listed) - _NAMES_SHOWN} more" if len(listed) > _NAMES_SHOWN else ""
        of = f" ({source})" if listed != [source] else ""
        yield ", ".join(listed[:_NAMES_SHOWN]) + more + of, version, fix, layer


def _fix(affected: PackageFinding) -> str:
    return affected.fixed_version or _FIXES[affected.fix_state]


def _samples(report: ImageReport, places: Mapping[str, LayerPlace]) -> RenderableType:
    table = _table("Level", "Sample", "What it is", "Path", "Layer", title="Malicious samples")
    for sample in sorted(report.samples, key=lambda sample: (sample.level.rank, sample.name, sample.sha256)):
        worst = min(sample.rules, key=lambda match: match.level.rank)
        for file in sample.files:
            gone = " (removed by a higher layer)" if file.removed else ""
            gone += f" (allowed by {file.allowed_by})" if file.allowed_by else ""
            table.add_row(
                _coloured(sample.level.value),
                shown(sample.name),
                shown(worst.description or worst.rule),
                shown(file.location.path + gone),
                _layer(places, file.location.layer),
            )
    return table


def _layer(places: Mapping[str, LayerPlace], diff_id: str) -> str:
    place = place_of(places, diff_id)
    return "?" if place.index == UNKNOWN_INDEX else str(place.index)


def _coverage(status: ScanStatus, reasons: Sequence[Reason], places: Mapping[str, LayerPlace]) -> RenderableType:
    lines: list[RenderableType] = [
        Text.assemble("Coverage: ", (status.value, _COLOURS[status]), f" ({_VERDICTS[status]})")
    ]
    for reason in reasons[:_REASONS_SHOWN]:
        layer = f"layer {_layer(places, reason.layer)}" if reason.layer else ""
        where = ", ".join(part for part in (reason.path, layer) if part)
        lines.append(shown(f"  {reason.code.value}: {reason.detail}" + (f" ({where})" if where else "")))
    if len(reasons) > _REASONS_SHOWN:
        lines.append(Text(f"  and {len(reasons) - _REASONS_SHOWN} more; --format json lists all"))
    return Group(*lines)


def _scanned(seen: Coverage) -> RenderableType:
    """Say how many files the malware detectors looked at, and how many they left out, by cause."""
    left = "; ".join(f"{one.files:,} {_LEFT_OUT[one.why]} ({_size(one.bytes)})" for one in seen.left_out)
    scanned = f"Scanned for malware: {seen.files_scanned:,} files ({_size(seen.bytes_scanned)})"
    return Text(scanned + (f"; left out: {left}" if left else ""))


def _size(count: int) -> str:
    """Return bytes in a unit that people read, in powers of a thousand."""
    value, units = float(count), iter(("bytes", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while value >= _THOUSAND and (larger := next(units, "")):
        value, unit = value / _THOUSAND, larger
    return f"{value:.0f} {unit}"


def _summary(report: ImageReport) -> RenderableType:
    counts = summarize(report)
    whole = report.status is ScanStatus.COMPLETE
    clean = whole and not counts.vulnerabilities and not counts.samples
    found = (
        f"{counts.vulnerabilities} vulnerabilities ({counts.high} high, {counts.medium} medium, {counts.low} low), "
        f"{counts.samples} malicious samples "
        f"({counts.urgent} urgent, {counts.warning} warning, {counts.notice} notice), {counts.packages} packages"
        + (f"; {counts.suppressed} vulnerabilities are suppressed" if counts.suppressed else "")
    )
    if counts.allowed:
        found += f"; {counts.allowed} malicious samples are on the allow-list"
    if counts.host_only:
        found += f"\nnot counted: {counts.host_only} of kernel, firmware and boot loaders (--include-host shows them)"
    return Text(("Clean: " if clean else "") + found, style="bold")
