"""Ratings out of an advisory record: CVSS vectors and sources' own words."""

from __future__ import annotations

from pratique.advisories.cvss import base_score, severity_of
from pratique.errors import InvalidValue
from pratique.model.severity import Rating, Severity

_WORDS = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "low": Severity.LOW,
    "negligible": Severity.NEGLIGIBLE,
    "unimportant": Severity.NEGLIGIBLE,
    "minor": Severity.LOW,
}

_RATED_BY = {
    "GHSA": "github",
    "PYSEC": "pypa",
    "GO": "go",
    "RUSTSEC": "rustsec",
    "DSA": "debian",
    "DLA": "debian",
    "DEBIAN": "debian",
    "UBUNTU": "ubuntu",
    "USN": "ubuntu",
    "ALPINE": "alpine",
    "ALSA": "almalinux",
    "ALBA": "almalinux",
    "ALEA": "almalinux",
    "RLSA": "rocky",
    "RXSA": "rocky",
    "RHSA": "redhat",
    "RHBA": "redhat",
    "RHEA": "redhat",
    "SUSE": "suse",
    "openSUSE": "opensuse",
    "CGA": "chainguard",
    "AZL": "azurelinux",
    "BIT": "bitnami",
    "HSEC": "haskell",
    "MGASA": "mageia",
    "CVE": "nvd",
}

# These trackers repeat the vectors of the National Vulnerability Database; only their words are their own.
_VECTORS_FROM_NVD = frozenset({"ubuntu", "debian", "alpine"})


def rated_by(advisory_id: str) -> str:
    """Return who speaks in an advisory, by the prefix of its id; the prefix itself where it is not known."""
    prefix = advisory_id.partition("-")[0]
    if prefix.startswith("ALAS"):  # with a release and a topic: ALAS2GOLANG1.19
        return "amazon"
    return _RATED_BY.get(prefix, prefix.lower())


def word_rating(source: str, word: str) -> Rating | None:
    """Return a source's word as a rating; None for a word that rates nothing (``untriaged`` …)."""
    severity = _WORDS.get(word.lower())
    return None if severity is None else Rating(source, severity)


def leading_word(summary: str, source: str) -> Rating | None:
    """Return the rating that Red Hat's family writes before a summary: ``Important: postgresql:16 security update``."""
    word, colon, _ = summary.partition(":")
    return word_rating(source, word) if colon else None


def vector_rating(source: str, vector: str) -> Rating | None:
    """Return a vector's rating, or None where it is malformed: a bad rating must not cost the advisory."""
    try:
        score = base_score(vector)
    except InvalidValue:
        return None
    return Rating("nvd" if source in _VECTORS_FROM_NVD else source, severity_of(score), vector, score)
