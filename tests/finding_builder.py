"""Small images and reports for tests of stores, counts and queries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from pratique.model.advisory import Exploitation, FixState
from pratique.model.coverage import Coverage, LeftOut, LeftOutFiles, Reason, ReasonCode, ScanStatus
from pratique.model.digest import DiffId, Digest
from pratique.model.finding import (
    Category,
    Evidence,
    ImageReport,
    PackageFinding,
    Vulnerability,
    VulnerabilityFinding,
)
from pratique.model.image import Image, ImageId, Layer, Platform
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from pratique.model.sample import Behaviour, Detector, ImageSample, Level, RuleMatch, SampleFile
from pratique.model.severity import Priority, Rating, Severity

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    """A moment some hours after noon of the first day."""
    return NOON + timedelta(hours=hours)


def digest_of(text: str) -> Digest:
    return Digest(f"sha256:{hashlib.sha256(text.encode()).hexdigest()}")


def image_id(name: str = "app", repository: str = "team/shop", instance: str = "111122223333.eu-west-1") -> ImageId:
    return ImageId(instance, repository, digest_of(name))


def resolved(image: ImageId, layers: int = 2) -> Image:
    return Image(
        reference=str(image),
        digest=image.digest,
        config_digest=digest_of(f"config of {image}"),
        platform=Platform("linux", "amd64"),
        layers=tuple(
            Layer(
                digest=digest_of(f"layer {index}"),
                diff_id=DiffId(digest_of(f"content {index}")),
                media_type="application/vnd.oci.image.layer.v1.tar+gzip",
                size=1000 + index,
                index=index,
                created_by=f"RUN step {index}",
            )
            for index in range(layers)
        ),
    )


def finding(
    identifier: str,
    priority: Priority = Priority.HIGH,
    *,
    category: Category = Category.SYSTEM,
    package: str = "openssl",
    fixed: str = "3.0.15-1",
    title: str = "",
    exploitation: Exploitation | None = None,
    layer: int = 0,
    version: str = "3.0.11-1",
) -> VulnerabilityFinding:
    kind, ecosystem, path = (
        (PackageType.DEB, "Debian:12", "var/lib/dpkg/status")
        if category is Category.SYSTEM
        else (PackageType.PYPI, "PyPI", f"usr/lib/python3/{package}/METADATA")
    )
    evidence = Evidence(f"ADV-{identifier}", "osv", ecosystem, package, False, "deb", version, f"< {fixed}", "r1")
    return VulnerabilityFinding(
        vulnerability=Vulnerability(
            id=identifier,
            aliases=(f"GHSA-{identifier.lower()}",),
            title=title or f"Flaw {identifier} in {package}",
            description="What it is.",
            severity=Severity.CRITICAL,
            severity_source="nvd",
            ratings=(Rating("nvd", Severity.CRITICAL, "CVSS:3.1/AV:N", 9.8),),
            exploitation=exploitation or Exploitation(epss=0.5, epss_percentile=0.9),
            references=("https://example.org/advisory",),
            published="2024-01-01T00:00:00Z",
        ),
        category=category,
        priority=priority,
        packages=(
            PackageFinding(
                installed=InstalledPackage(
                    package=Package(kind, package, version, "amd64", package, version),
                    ecosystem=ecosystem,
                    locations=(Location(path, DiffId(digest_of(f"content {layer}"))),),
                ),
                fixed_version=fixed,
                fix_state=FixState.FIXED if fixed else FixState.NOT_FIXED,
                evidence=(evidence,),
            ),
        ),
    )


def sample(name: str, level: Level = Level.URGENT, *, layer: int = 1, quiet: bool = False) -> ImageSample:
    place = Location(f"tmp/{name}", DiffId(digest_of(f"content {layer}")))
    return ImageSample(
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        size=68,
        level=level,
        rules=(RuleMatch(f"rule_{name}", "starter", level, f"does {name}", family=name),),
        files=(SampleFile(place, allowed_by="01ALLOWED" if quiet else ""),),
    )


def package_sample(purl: str = "pkg:npm/evil@1.0.0", *, layer: int = 1) -> ImageSample:
    """A package that a report names malicious."""
    place = Location("app/node_modules/evil/package.json", DiffId(digest_of(f"content {layer}")))
    report = RuleMatch(
        "MAL-2026-1", "osv/npm", Level.URGENT, "Sends tokens away", "https://example.test/1",
        detector=Detector.PACKAGE, behaviours=(Behaviour.SUPPLY_CHAIN,), references=("https://example.test/1",),
    )  # fmt: skip
    return ImageSample(
        sha256=hashlib.sha256(purl.encode()).hexdigest(),
        size=0,
        level=Level.URGENT,
        rules=(report,),
        files=(SampleFile(place),),
        purl=purl,
    )


def coverage(*reasons: Reason) -> Coverage:
    return Coverage(
        distribution="debian 12",
        layers=2,
        layers_read=2,
        files=100,
        files_scanned=10,
        bytes_scanned=1000,
        packages=88,
        advisory_revision="r1",
        rules_revision="rules1",
        reasons=reasons,
        left_out=(LeftOutFiles(LeftOut.NOT_SELECTED, 90, 9000),),
    )


def report(
    vulnerabilities: Iterable[VulnerabilityFinding] | Mapping[str, Priority] = (),
    samples: Iterable[ImageSample] = (),
    *,
    status: ScanStatus = ScanStatus.COMPLETE,
    reasons: Iterable[Reason] = (),
) -> ImageReport:
    """A report; vulnerabilities may be given as ids with priorities."""
    found = (
        tuple(finding(identifier, priority) for identifier, priority in vulnerabilities.items())
        if isinstance(vulnerabilities, Mapping)
        else tuple(vulnerabilities)
    )
    return ImageReport(status, coverage(*reasons), found, tuple(samples))


def long_reasons(number: int = 40) -> tuple[Reason, ...]:
    return tuple(
        Reason(ReasonCode.FILE_UNREADABLE, f"file {index} is damaged at offset {index * 7919}", f"usr/share/{index}")
        for index in range(number)
    )
