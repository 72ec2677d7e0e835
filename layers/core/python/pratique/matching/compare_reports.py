"""What differs between the findings of two images, or of one image at two times: a pure rule.

A vulnerability in a package is the same one wherever it lies; its version is not asked, because a package that moved to
another affected version still has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pratique.model.comparison import ComparedFinding, Comparison
from pratique.model.finding import VulnerabilityFinding
from pratique.model.image import Image

_Key = tuple[str, str, str]


def compare_reports(
    before: tuple[Image, Iterable[VulnerabilityFinding]], after: tuple[Image, Iterable[VulnerabilityFinding]]
) -> Comparison:
    """Return what became of the findings; suppressed ones are left out on both sides."""
    was, now = _found(*before), _found(*after)
    return Comparison(
        added=_ordered(one for key, one in now.items() if key not in was),
        fixed=_ordered(one for key, one in was.items() if key not in now),
        unchanged=_ordered(one for key, one in now.items() if key in was),
    )


def _found(image: Image, findings: Iterable[VulnerabilityFinding]) -> Mapping[_Key, ComparedFinding]:
    layers = {layer.diff_id: layer for layer in reversed(image.layers)}
    found: dict[_Key, ComparedFinding] = {}
    for finding in findings:
        for item in finding.packages:
            package = item.installed.package
            layer = layers.get(item.installed.locations[0].layer)
            place, made = (layer.index, layer.created_by) if layer else (-1, "")
            one = ComparedFinding(
                finding.vulnerability.id, finding.priority, package.name, package.version, place, made
            )
            if not item.suppressed_by:
                found.setdefault((finding.vulnerability.id, package.type.value, package.name), one)
    return found


def _ordered(findings: Iterable[ComparedFinding]) -> tuple[ComparedFinding, ...]:
    return tuple(sorted(findings, key=lambda one: (one.layer, one.priority.rank, one.id, one.package)))
