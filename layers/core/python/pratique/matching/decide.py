"""Whether one statement covers one package: affected, not affected, or not to be decided, each with its reason."""

from __future__ import annotations

from pratique.errors import InvalidVersion
from pratique.matching.candidates import LookUp
from pratique.matching.modules import other_module, stream_is_open
from pratique.model.advisory import FixState, Interval, Statement
from pratique.model.finding import Affected, Evidence, NotAffected, Outcome, Undetermined
from pratique.versions import compare, is_affected, scheme_of


def decide(statement: Statement, look_up: LookUp, *, revision: str) -> Outcome:
    """Decide whether ``statement`` covers the package that was looked up.

    ``revision``, the database's, goes into the evidence.  A version that its scheme cannot place is undetermined, never
    "not affected".
    """
    scheme = scheme_of(look_up.ecosystem)
    if scheme is None or not look_up.version:
        return Undetermined(
            "the installed version is not known" if scheme else f"no version order is known for {look_up.ecosystem}"
        )
    elsewhere = other_module(statement, look_up.installed.package) or _other_architecture(statement, look_up)
    if elsewhere:
        return NotAffected(elsewhere)
    try:
        if not is_affected(scheme, look_up.version, statement.intervals, statement.versions):
            return NotAffected(f"{look_up.version} is outside {_range_text(statement)} ({scheme} order)")
        covering = _covering(scheme, look_up.version, statement)
    except InvalidVersion as error:
        return Undetermined(str(error))
    if stream_is_open(statement, look_up.installed.package):
        return Undetermined(f"the package's module stream is not recorded, the advisory is about {statement.module}")
    return _affected(statement, look_up, scheme, covering, revision)


def _affected(statement: Statement, look_up: LookUp, scheme: str, covering: Interval | None, revision: str) -> Affected:
    fixed = covering.fixed if covering else _next_fix(scheme, look_up.version, statement)
    evidence = Evidence(
        advisory=statement.advisory,
        source="",
        ecosystem=statement.ecosystem,
        matched_name=statement.name,
        by_source=look_up.by_source,
        scheme=scheme,
        compared=look_up.version,
        range=str(covering) if covering else f"listed: {look_up.version}",
        revision=revision,
        note=statement.note,
    )
    return Affected(evidence, fixed, _state(statement, covering, fixed))


def _other_architecture(statement: Statement, look_up: LookUp) -> str:
    """Return why a package of one architecture is not what a statement about others is about."""
    architecture = look_up.installed.package.architecture
    if not statement.architectures or not architecture or architecture in statement.architectures:
        return ""
    return f"this fix is for {', '.join(statement.architectures)}, the package is of {architecture}"


def _covering(scheme: str, version: str, statement: Statement) -> Interval | None:
    """Return the interval that covers the version; None where only the list of versions does."""
    for interval in statement.intervals:
        try:
            if is_affected(scheme, version, (interval,), ()):
                return interval
        except InvalidVersion:
            continue  # another one, or the list, decided already
    return None


def _next_fix(scheme: str, version: str, statement: Statement) -> str:
    """Return the lowest fixed version above ``version``, which no interval covers; empty where there is none."""
    fixes = [span.fixed for span in statement.intervals if span.fixed and compare(scheme, version, span.fixed) < 0]
    lowest = ""
    for fixed in fixes:
        if not lowest or compare(scheme, fixed, lowest) < 0:
            lowest = fixed
    return lowest


def _state(statement: Statement, covering: Interval | None, fixed: str) -> FixState:
    if fixed:
        return FixState.FIXED
    if statement.fix_state is not FixState.FIXED:
        return statement.fix_state
    # Another interval has a fix, this one has none: no end at all means that the source knows of none.
    return FixState.NOT_FIXED if covering and not covering.last_affected else FixState.UNKNOWN


def _range_text(statement: Statement) -> str:
    parts = [str(interval) for interval in statement.intervals]
    if statement.versions:
        parts.append(f"{len(statement.versions)} listed versions")
    return " or ".join(parts)
