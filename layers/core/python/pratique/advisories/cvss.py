"""Base scores from CVSS vectors of versions 2, 3 and 4, and the word for a score.

https://www.first.org/cvss/v3.1/specification-document#Qualitative-Severity-Rating-Scale
"""

from __future__ import annotations

from functools import lru_cache

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

from pratique.errors import InvalidValue
from pratique.model.severity import Severity

_MAX_LENGTH = 500
_BANDS = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.1, Severity.LOW))


@lru_cache(maxsize=8192)
def base_score(vector: str) -> float:
    """Return the base score (0.0 to 10.0) of a vector; raises InvalidValue for one that is malformed."""
    if len(vector) > _MAX_LENGTH:
        raise InvalidValue("a CVSS vector is too long")
    try:
        if vector.startswith("CVSS:4"):
            return float(CVSS4(vector).base_score)
        if vector.startswith("CVSS:3"):
            return float(CVSS3(vector).base_score)
        return float(CVSS2(vector).base_score)
    except (CVSSError, ValueError, KeyError, IndexError) as error:
        raise InvalidValue(f"{vector[:100]!r} is not a CVSS vector") from error


def severity_of(score: float) -> Severity:
    """Return the specification's word for a score; its ``None`` (0.0) is ``negligible`` here."""
    return next((word for floor, word in _BANDS if score >= floor), Severity.NEGLIGIBLE)
