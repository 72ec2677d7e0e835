"""What was decided about a finding, in CycloneDX's words: the VEX inside a bill of materials.

https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pratique.model.suppression import Justification, Suppression

if TYPE_CHECKING:
    from cyclonedx.model.vulnerability import VulnerabilityAnalysis

# The words without one here are in the detail.
_WORDS = {
    Justification.COMPONENT_NOT_PRESENT: "code_not_present",
    Justification.VULNERABLE_CODE_NOT_PRESENT: "code_not_present",
    Justification.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH: "code_not_reachable",
    Justification.INLINE_MITIGATIONS_ALREADY_EXIST: "protected_by_mitigating_control",
}
_STATES = {Justification.ACCEPTED: "exploitable", Justification.FIXED: "resolved"}


def analysis_of(suppression: Suppression) -> VulnerabilityAnalysis:
    """Return the analysis that a suppression is: its reason, and when it was made."""
    from cyclonedx.model.impact_analysis import (  # noqa: PLC0415 - only this report pays for its import
        ImpactAnalysisJustification,
        ImpactAnalysisResponse,
        ImpactAnalysisState,
    )
    from cyclonedx.model.vulnerability import VulnerabilityAnalysis  # noqa: PLC0415 - see above

    why = suppression.justification
    word = _WORDS.get(why)
    return VulnerabilityAnalysis(
        state=ImpactAnalysisState(_STATES.get(why, "not_affected")),
        justification=ImpactAnalysisJustification(word) if word else None,
        responses=[ImpactAnalysisResponse.WILL_NOT_FIX] if why is Justification.ACCEPTED else [],
        detail=suppression.reason if word or why in _STATES else f"{why}: {suppression.reason}",
        first_issued=suppression.added_at,
        last_updated=suppression.changed_at or suppression.added_at,
    )
