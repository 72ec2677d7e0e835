"""Builds one vulnerability out of everything that the database holds about a flaw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pratique.matching.aliases import Flaw, cves_of
from pratique.matching.severity import Chosen, choose_severity
from pratique.model.advisory import Advisory, Exploitation
from pratique.model.finding import Vulnerability
from pratique.model.severity import Rating
from pratique.ports.advisories import AdvisoryDatabase

_TITLE = 160
_REFERENCES = 20


def beside(matched: Iterable[Advisory], database: AdvisoryDatabase) -> Iterable[Advisory]:
    """Return the other advisories about the flaws of those that name no CVE: one of them may know it."""
    ids = {
        identifier
        for advisory in matched
        if not cves_of(advisory)
        for identifier in (advisory.id, *advisory.aliases, *advisory.upstream)
    }
    return database.advisories({name for names in database.mentions(ids).values() for name in names}).values()


def all_about(
    flaws: Iterable[Flaw], matched: Mapping[str, Advisory], database: AdvisoryDatabase
) -> Mapping[str, tuple[Advisory, ...]]:
    """Return every advisory about each flaw: those that matched first, then the others that speak about it alone."""
    wanted = tuple(flaws)
    mentions = database.mentions({identifier for flaw in wanted for identifier in (flaw.id, *flaw.aliases)})
    others = {
        flaw.id: sorted({name for known in (flaw.id, *flaw.aliases) for name in mentions.get(known, ())})
        for flaw in wanted
    }
    missing = {name for names in others.values() for name in names if name not in matched}
    advisories = {**database.advisories(missing), **matched}
    return {
        flaw.id: (
            *(matched[name] for name in flaw.advisories),
            *(
                advisories[name]
                for name in others[flaw.id]
                if name not in flaw.advisories and name in advisories and _speaks_of(flaw, advisories[name])
            ),
        )
        for flaw in wanted
    }


def vulnerability(
    flaw: Flaw, about: tuple[Advisory, ...], ecosystems: Iterable[str], exploitation: Exploitation
) -> tuple[Vulnerability, Chosen]:
    """Return the vulnerability that a flaw's advisories make, and the severity chosen for it."""
    ratings: tuple[Rating, ...] = tuple(dict.fromkeys(rating for advisory in about for rating in advisory.ratings))
    chosen = choose_severity(ratings, ecosystems, exploitation)
    described = min(about, key=lambda advisory: _poverty(flaw, advisory))
    aliases = {*flaw.aliases, *(name for advisory in about if _alone(advisory) for name in advisory.aliases)}
    return Vulnerability(
        id=flaw.id,
        aliases=tuple(sorted(aliases - {flaw.id})),
        title=_title(described),
        description=described.details or described.summary,
        severity=chosen.severity,
        severity_source=chosen.source,
        ratings=ratings,
        exploitation=exploitation,
        references=tuple(dict.fromkeys(link for advisory in about for link in advisory.references))[:_REFERENCES],
        weaknesses=tuple(dict.fromkeys(name for advisory in about for name in advisory.weaknesses)),
        published=min((advisory.published for advisory in about if advisory.published), default=""),
        modified=max((advisory.modified for advisory in about), default=""),
    ), chosen


def _alone(advisory: Advisory) -> bool:
    return len(cves_of(advisory)) <= 1


def _speaks_of(flaw: Flaw, advisory: Advisory) -> bool:
    cves = cves_of(advisory)
    return not advisory.withdrawn and (not cves or cves == (flaw.id,))


def _poverty(flaw: Flaw, advisory: Advisory) -> tuple[bool, bool, bool]:
    """Order texts: with a summary that says what is wrong, then details that do, then about this flaw alone."""
    return (
        not _tells(flaw, advisory.summary),
        not _tells(flaw, advisory.details),
        not _alone(advisory),
    )


def _tells(flaw: Flaw, text: str) -> bool:
    """Return whether a text says more than that there is a flaw, which many distributions' advisories do not."""
    beginning = text[:100]
    return bool(text) and flaw.id not in beginning and "security update" not in beginning


def _title(advisory: Advisory) -> str:
    text = advisory.summary or advisory.details
    line = text.strip().partition("\n")[0].lstrip("# ")
    if len(line) <= _TITLE:
        return line
    sentence, stop, _ = line.partition(". ")
    return sentence + stop.strip() if len(sentence) < _TITLE else f"{line[:_TITLE].rsplit(' ', 1)[0]} …"
