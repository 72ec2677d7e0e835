"""A layer's report under new rules, from its report under older ones, where no layer has to be read for that.

Rules that are gone or changed lose their matches.  A rule that came or changed needs the layer only where the layer
holds a file of a type that the rule can fire on; which files those are, the older report says.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from msgspec import Struct, field, structs

from pratique.errors import PratiqueError
from pratique.inventory.report_codec import decode
from pratique.malware.revisions import rules_of
from pratique.model.digest import DiffId
from pratique.model.inventory import LayerReport
from pratique.model.rule_set import RuleChange, RuleSet, rule_change
from pratique.model.sample import Detector, FileMatch, ScannedFile
from pratique.ports.objects import ObjectStore
from pratique.services.rule_sets import RuleSets

_log = logging.getLogger(__name__)


class CarryOver(Struct, frozen=True):
    """Makes reports for the rules ``current``.

    ``analyzer_of`` returns the analyzer version for the revision of a scanner with the present extractors: a report of
    other extractors is never carried over.  ``revision`` is that of the scanner in use, ``digests`` whether it tells
    every file's MD5 and SHA-1, which only reading a layer does.
    """

    objects: ObjectStore
    current: RuleSet
    analyzer_of: Callable[[str], str]
    revision: str
    digests: bool = False
    _changes: dict[str, RuleChange | None] = field(default_factory=dict)

    def __call__(self, diff_id: DiffId) -> LayerReport | None:
        """Return the report that reading the layer would give, None where it has to be read to know."""
        for report in self._older(diff_id):
            change = self._change_since(rules_of(report.rules_revision))
            if change is not None and not any(self._concerns(change, file) for file in report.scanned):
                return self._carried(report, change)
        return None

    def _concerns(self, change: RuleChange, file: ScannedFile) -> bool:
        return file.type in change.types or (self.digests and not file.md5)

    def _older(self, diff_id: DiffId) -> Iterator[LayerReport]:
        for key in self.objects.keys(f"layers/{diff_id}/"):
            try:
                body = self.objects.get(key)
                report = decode(body) if body is not None else None
            except PratiqueError as error:
                _log.warning("older layer report is unreadable", extra={"layer": diff_id, "reason": str(error)})
                continue
            if report is not None and report.analyzer_version == self.analyzer_of(report.rules_revision):
                yield report

    def _change_since(self, revision: str) -> RuleChange | None:
        if revision not in self._changes:
            old = RuleSets(self.objects).index(revision)
            self._changes[revision] = rule_change(old, self.current) if old is not None else None
        return self._changes[revision]

    def _carried(self, report: LayerReport, change: RuleChange) -> LayerReport:
        left = (_without(match, change) for match in report.matches)
        return structs.replace(
            report,
            analyzer_version=self.analyzer_of(self.revision),
            rules_revision=self.revision,
            matches=tuple(match for match in left if match.rules),
        )


def _without(match: FileMatch, change: RuleChange) -> FileMatch:
    kept = tuple(rule for rule in match.rules if rule.detector is not Detector.RULE or rule.key not in change.gone)
    return structs.replace(match, rules=kept)
