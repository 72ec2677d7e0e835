"""What ``/v1/images/{id}/explain`` is asked and answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pratique.api.answers import Answer
from pratique.model.severity import Priority, Severity

AS_OF = "A date (its end, UTC), a time (RFC 3339) or a revision: answer with the advisories that were current then"


class ExplainQuery(BaseModel):
    """What to explain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str = Field(min_length=1, max_length=300, description="A package's name, or the id of a vulnerability")
    as_of: str = Field("", max_length=40, description=AS_OF)


class CandidateAnswer(Answer):
    """One package and one advisory that speaks about it."""

    package: str
    version: str
    ecosystem: str
    path: str
    advisory: str
    ids: tuple[str, ...] = Field(description="The advisory's own id, its aliases and what it is about")
    source: str
    range: str = Field(description="Affected versions, as the advisory states them")
    fixed_version: str
    outcome: Literal["affected", "not_affected", "undetermined", "dropped"]
    because: str = Field(description="The comparison that was made, or why none was")


class ChosenAnswer(Answer):
    """What the candidates of one flaw in one package came to."""

    id: str
    ids: tuple[str, ...] = Field(description="Every id of the flaw, its own first")
    package: str
    version: str
    path: str
    priority: Priority
    severity: Severity
    severity_source: str = Field(description="Whose severity is shown, empty where nobody rated the flaw")
    fixed_version: str = Field(description="Outside every advisory's range, empty where there is none")
    fix_state: str
    host_only: bool = Field(description="Whether the package only matters to a host, and the flaw is not counted")


class ExplanationAnswer(Answer):
    """Every candidate about what was asked, and what they came to."""

    about: str
    revision: str = Field(description="Advisory database that was asked")
    packages: tuple[str, ...] = Field(description="Packages of the image that the question is about")
    candidates: tuple[CandidateAnswer, ...]
    chosen: tuple[ChosenAnswer, ...]
    unanswered: tuple[str, ...] = Field(description="What the database could not answer about the packages")
