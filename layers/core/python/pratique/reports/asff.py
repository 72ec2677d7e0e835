"""Findings in the format of AWS Security Hub.

https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
The format wants an account, a region and a product, which are the receiver's: they are given.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from pratique.model.finding import ImageReport
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.reports.finding_rows import FindingRow, SampleRow, finding_rows, sample_rows
from pratique.reports.json_document import to_json

_LABELS = {"high": "HIGH", "medium": "MEDIUM", "low": "LOW", "urgent": "CRITICAL", "warning": "MEDIUM", "notice": "LOW"}
_TITLE, _TEXT, _RECOMMENDATION, _REFERENCES = 256, 1024, 512, 10


class Receiver(Struct, frozen=True):
    """Whose Security Hub findings are for; ``partition`` is ``aws`` unless it is another one."""

    account: str
    region: str
    partition: str = "aws"

    @property
    def product(self) -> str:
        """The ARN under which an account imports findings of its own."""
        return f"arn:{self.partition}:securityhub:{self.region}:{self.account}:product/{self.account}/default"


def partition_of(region: str) -> str:
    """Return the partition of a region, by the beginning of its name.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def asff_json(
    image: Image, report: ImageReport, inventory: ImageInventory, *, receiver: Receiver, now: datetime.datetime
) -> bytes:
    """Return the findings as ``BatchImportFindings`` takes them, at most 100 at a time."""
    return to_json({"Findings": list(asff_findings(image, report, inventory, receiver=receiver, now=now))})


def asff_findings(
    image: Image, report: ImageReport, inventory: ImageInventory, *, receiver: Receiver, now: datetime.datetime
) -> Iterator[Mapping[str, Any]]:
    """Yield one finding for each vulnerability and package, and for each sample and place."""
    moment = now.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    for row in finding_rows(image, report, inventory):
        package = row.package
        marks = (image.digest, row.finding.vulnerability.id, package.name, package.version, package.path)
        yield {**_common(receiver, moment, marks, image), **_vulnerability(row)}
    for sample in sample_rows(image, report):
        place = (image.digest, sample.sha256, sample.path)
        yield {**_common(receiver, moment, place, image), **_sample(sample)}


def _common(receiver: Receiver, moment: str, marks: Sequence[str], image: Image) -> Mapping[str, Any]:
    resource = {
        "Type": "AwsEcrContainerImage",
        "Id": f"{image.reference.partition('@')[0][:400]}@{image.digest}",
        "Partition": receiver.partition,
        "Region": receiver.region,
        "Details": {
            "AwsEcrContainerImage": {
                "ImageDigest": image.digest,
                "Architecture": image.platform.architecture or "unknown",
            }
        },
    }
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"pratique/{hashlib.sha256(chr(0).join(marks).encode()).hexdigest()}",
        "ProductArn": receiver.product,
        "GeneratorId": "pratique",
        "AwsAccountId": receiver.account,
        "CreatedAt": moment,
        "UpdatedAt": moment,
        "Resources": [resource],
        "RecordState": "ACTIVE",
    }


def _vulnerability(row: FindingRow) -> Mapping[str, Any]:
    flaw, package = row.finding.vulnerability, row.package
    vulnerable = {
        "Name": package.name[:400] or "unknown",
        "Version": package.version[:400] or "unknown",
        "FilePath": f"/{package.path}"[:1000],
        **({"FixedInVersion": package.fixed_version[:400]} if package.fixed_version else {}),
    }
    ratings = [
        {
            "BaseScore": rating.score,
            "BaseVector": rating.vector,
            "Version": _version(rating.vector),
            "Source": rating.source,
        }
        for rating in flaw.ratings
        if rating.score is not None and rating.vector
    ]
    told = {
        "Id": flaw.id,
        "VulnerablePackages": [vulnerable],
        "RelatedVulnerabilities": list(flaw.aliases[:10]),
        "Vendor": {"Name": flaw.severity_source or "pratique"},
        "ReferenceUrls": list(row.remedy.references[:_REFERENCES]),
        "FixAvailable": "YES" if package.fixed_version else "NO",
        **({"Cvss": ratings} if ratings else {}),
        **({"EpssScore": flaw.exploitation.epss} if flaw.exploitation.epss is not None else {}),
    }
    advice = f"{row.remedy.command}\n{row.remedy.instead}".strip()
    return {
        "Types": ["Software and Configuration Checks/Vulnerabilities/CVE"],
        "Title": f"{flaw.id} in {package.name}"[:_TITLE],
        "Description": row.cause[:_TEXT],
        "Severity": {"Label": _LABELS[row.finding.priority.value], "Original": flaw.severity.value},
        "Remediation": {"Recommendation": {"Text": advice[:_RECOMMENDATION], "Url": row.remedy.references[0]}},
        "Vulnerabilities": [told],
        "Workflow": {"Status": "SUPPRESSED" if package.suppressed_by else "NEW"},
    }


def _sample(row: SampleRow) -> Mapping[str, Any]:
    return {
        "Types": ["TTPs/Defense Evasion"],
        "Title": f"Malicious sample {row.name}"[:_TITLE],
        "Description": f"{row.description} at /{row.path}"[:_TEXT],
        "Severity": {"Label": _LABELS[row.level], "Original": row.level},
        "Malware": [{"Name": row.name[:64], "Path": f"/{row.path}"[:512], "State": "OBSERVED"}],
        "Workflow": {"Status": "SUPPRESSED" if row.allowed_by else "NEW"},
    }


def _version(vector: str) -> str:
    return vector.partition("/")[0].removeprefix("CVSS:") if vector.startswith("CVSS:") else "2.0"
