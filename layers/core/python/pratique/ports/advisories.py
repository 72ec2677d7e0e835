"""The advisory database as matching sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec import Struct

from pratique.model.advisory import Advisory, Exploitation, MaliciousPackage, Statement


class SourceState(Struct, frozen=True):
    """How one source stands in a database: records read and refused, and when it was last fetched (RFC 3339).

    ``modified`` is the newest time that a record states (empty where none does), ``stale`` says that the last
    fetch failed and ``problem`` why; ``absent`` that the mirror in use does not have the source, which is no failure
    where it never did.  ``etag``, ``size`` (bytes) and ``content`` (its SHA-256) are those of the fetched file.
    """

    name: str
    records: int
    refused: int
    fetched: str
    stale: bool = False
    modified: str = ""
    etag: str = ""
    size: int = 0
    content: str = ""
    problem: str = ""
    absent: bool = False


class AdvisoryRevision(Struct, frozen=True):
    """Which database this is: its revision, when it was built (RFC 3339), whether it is the starter set."""

    revision: str
    built: str
    starter: bool
    sources: tuple[SourceState, ...]


class AdvisoryDatabase(Protocol):
    """Read access to one revision."""

    @property
    def revision(self) -> AdvisoryRevision:
        """Which revision this is."""
        ...

    def ecosystems(self) -> frozenset[str]:
        """Every ecosystem (with release) that at least one statement is about."""
        ...

    def statements(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[Statement, ...]]:
        """Return the statements about each ``(ecosystem, normalised name)``; keys without any are left out."""
        ...

    def malicious(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[MaliciousPackage, ...]]:
        """Return the reports that name each ``(ecosystem, normalised name)`` as malicious.

        Keys without any are left out; the reports are in id order and never withdrawn.  A report is no vulnerability:
        no other method answers it, and an ecosystem with nothing but reports is not one of `ecosystems`.
        """
        ...

    def advisories(self, ids: Iterable[str]) -> Mapping[str, Advisory]:
        """Return the advisories by id; unknown ids are left out."""
        ...

    def mentions(self, ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the ids of the advisories that are about each id: its own, alias or upstream.

        Ids that no advisory is about are left out.
        """
        ...

    def exploitation(self, ids: Iterable[str]) -> Mapping[str, Exploitation]:
        """Return what is known of the exploitation of these CVE ids; ids without any are left out."""
        ...

    def support_ends(self, distribution: str) -> Mapping[str, str]:
        """Return the last day (ISO date) of security fixes of each release of a distribution, as os-release names them.

        Empty where nothing is known of it.
        """
        ...
