"""What differs between the findings of two images, or of one image at two times: a pure rule.

A vulnerability in a package is the same one wherever it lies; its version is not asked, because a package that moved to
another affected version still has it.  What a suppression hides on either side is no difference.
"""

from __future__ import annotations

from collections.abc import Iterable

from pratique.model.comparison import ComparedFinding, Comparison
from pratique.model.finding import VulnerabilityFinding
from pratique.model.image import Image

_Key = tuple[str, str, str]


def compare_reports(
    before: tuple[Image, Iterable[VulnerabilityFinding]], after: tuple[Image, Iterable[VulnerabilityFinding]]
) -> Comparison:
    """Return what became of the findings; what is suppressed on one side is left out on both."""
    (was, hidden_then), (now, hidden_now) = _found(*before), _found(*after)
    was = {key: one for key, one in was.items() if key not in hidden_now - now.keys()}
    now = {key: one for key, one in now.items() if key not in hidden_then - was.keys()}
    return Comparison(
        added=_ordered(one for key, one in now.items() if key not in was),
        fixed=_ordered(one for key, one in was.items() if key not in now),
        unchanged=_ordered(one for key, one in now.items() if key in was),
    )


def _found(
    image: Image, findings: Iterable[VulnerabilityFinding]
) -> tuple[dict[_Key, ComparedFinding], frozenset[_Key]]:
    """Return the findings that are shown, and the keys of those that are not."""
    layers = {layer.diff_id: layer for layer in reversed(image.layers)}
    found: dict[_Key, ComparedFinding] = {}
    hidden: set[_Key] = set()
    for finding in findings:
        for item in finding.packages:
            package = item.installed.package
            layer = layers.get(item.installed.locations[0].layer)
            place, made = (layer.index, layer.created_by) if layer else (-1, "")
            one = ComparedFinding(
                finding.vulnerability.id, finding.priority, package.name, package.version, place, made
            )
            key = (finding.vulnerability.id, package.type.value, package.name)
            if item.suppressed_by:
                hidden.add(key)
            else:
                found.setdefault(key, one)
    return found, frozenset(hidden)


def _ordered(findings: Iterable[ComparedFinding]) -> tuple[ComparedFinding, ...]:
    return tuple(sorted(findings, key=lambda one: (one.layer, one.priority.rank, one.id, one.package)))
