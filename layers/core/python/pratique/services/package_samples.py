"""Malicious packages as samples: a package that a report names is listed, counted and decided about as a file is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pratique.matching.malicious import MaliciousInstall, MaliciousResult
from pratique.model.advisory import Advisory
from pratique.model.package import InstalledPackage
from pratique.model.sample import Behaviour, Detector, ImageSample, Level, RuleMatch, SampleFile
from pratique.reports.purl import purl_of

_TEXT_CHARACTERS = 1000
# Lines that frame the parts of a report which was put together from several sources.
_FRAMES = ("---", "_-=", "#")


def package_samples(result: MaliciousResult) -> tuple[ImageSample, ...]:
    """Return one sample for each malicious package and version, with every place that it was read from."""
    groups: dict[str, list[MaliciousInstall]] = {}
    for found in result.packages:
        purl = purl_of(found.installed, None)
        if purl:
            groups.setdefault(purl, []).append(found)
    return tuple(_sample(purl, group) for purl, group in sorted(groups.items()))


def package_key(purl: str) -> str:
    """Return what stands in the place of a file's SHA-256: that of the package URL, with version, no qualifiers."""
    return hashlib.sha256(purl.encode()).hexdigest()


def _sample(purl: str, group: Sequence[MaliciousInstall]) -> ImageSample:
    reports = {report.id: report for found in group for report in found.reports}
    return ImageSample(
        sha256=package_key(purl),
        size=0,
        level=Level.URGENT,
        rules=tuple(_rule(report) for report in reports.values()),
        files=tuple(file for found in group for file in _files(found.installed)),
        purl=purl,
    )


def _files(installed: InstalledPackage) -> tuple[SampleFile, ...]:
    return tuple(SampleFile(location, installed.removed_by is not None) for location in installed.locations)


def _rule(report: Advisory) -> RuleMatch:
    return RuleMatch(
        rule=report.id,
        pack=report.source,
        level=Level.URGENT,
        description=_text(report),
        reference=next(iter(report.references), f"https://osv.dev/vulnerability/{report.id}"),
        detector=Detector.PACKAGE,
        behaviours=(Behaviour.SUPPLY_CHAIN,),
        references=report.references,
    )


def _text(report: Advisory) -> str:
    """Return what the report says the package does: its summary, then its details as one paragraph."""
    lines = (line.strip() for line in report.details.splitlines())
    details = " ".join(line for line in lines if line and not line.startswith(_FRAMES))
    parts = [part for part in (report.summary.strip(), details) if part]
    return ": ".join(parts)[:_TEXT_CHARACTERS] or "reported as malicious"
