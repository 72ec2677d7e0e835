"""Amazon Linux's advisories (ALAS): the updates of its repositories as advisories and statements.

https://alas.aws.amazon.com/ shows them; the repositories' ``updateinfo.xml.gz`` states them.  The file of one
architecture lists the packages of all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pratique.advisories.ratings import word_rating
from pratique.advisories.updateinfo import Update, UpdatePackage
from pratique.errors import FeedError
from pratique.model.advisory import Advisory, FixState, Interval, Statement

MAX_DETAILS = 2000
"""Characters of an advisory's text that are kept."""

_ID = re.compile(r"ALAS(?P<release>\d*)(?P<topic>[A-Za-z][\w.+-]*?)?-(?P<number>\d{4}-\d+)")
_CVE = re.compile(r"CVE-\d{4}-\d{4,}")
_PREAMBLE = re.compile(r"Package updates are available for [^\n]*:\s*")
_LABEL = re.compile(r"CVE-\d{4}-\d{4,}:\s*")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?")
_VERSION_IN_TOPIC = re.compile(r"\d+(?:\.\d+)*")


def is_security(update: Update) -> bool:
    """Whether an update mends flaws; bug fixes and enhancements are no advisories."""
    return update.kind == "security" or bool(_cves(update))


def read_update(
    update: Update, *, source: str, ecosystem: str, topic: str = ""
) -> tuple[Advisory, tuple[Statement, ...]]:
    """Return the advisory and its statements about packages of ``ecosystem`` (``Amazon Linux:2``).

    ``topic`` is the extras repository that the update is of, empty for the core.
    Raises FeedError where the update has no ALAS id or no package.
    """
    named = _ID.fullmatch(update.id)
    if named is None:
        raise FeedError(f"not an ALAS id: {update.id[:100]!r}")
    if not update.packages:
        raise FeedError(f"{update.id} names no package")
    rating = word_rating("amazon", update.severity)
    advisory = Advisory(
        id=update.id,
        source=source,
        upstream=_cves(update),
        details=_details(update.description),
        ratings=(rating,) if rating else (),
        published=_time(update.issued),
        modified=_time(update.updated) or _time(update.issued),
        references=(_page(named), *dict.fromkeys(one.url for one in update.references if one.url)),
    )
    return advisory, tuple(_statements(update, ecosystem, topic))


def _cves(update: Update) -> tuple[str, ...]:
    ids = (one.id for one in update.references if one.kind == "cve")
    return tuple(dict.fromkeys(identifier for identifier in ids if _CVE.fullmatch(identifier)))


def _statements(update: Update, ecosystem: str, topic: str) -> Iterator[Statement]:
    """Yield one statement for each package and fixed version; it names architectures only where they differ."""
    fixes: dict[str, dict[str, set[str]]] = {}
    for package in update.packages:
        if not (package.name and package.version and package.release):
            raise FeedError(f"{update.id} has a package without a name or version")
        fixes.setdefault(package.name, {}).setdefault(package.evr, set()).add(package.architecture)
    beginnings = {package.evr: _beginning(package, topic) for package in update.packages}
    for name, versions in sorted(fixes.items()):
        for fixed, architectures in sorted(versions.items()):
            yield Statement(
                advisory=update.id,
                ecosystem=ecosystem,
                name=name,
                intervals=(Interval(beginnings[fixed], fixed),),
                fix_state=FixState.FIXED,
                note=f"extras {topic}" if topic else "",
                architectures=_bound(architectures) if len(versions) > 1 else (),
            )


def _bound(architectures: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(one for one in architectures if one))


def _beginning(package: UpdatePackage, topic: str) -> str:
    """Return where a topic's versions begin: those of ``golang1.19`` at 1.19; empty where its name does not say.

    The core holds packages of the same names with lower versions, about which the topic's advisories say nothing.
    """
    branches = [
        branch
        for branch in _VERSION_IN_TOPIC.findall(topic)
        if package.version == branch or package.version.startswith(f"{branch}.")
    ]
    if not branches:
        return ""
    epoch = f"{package.epoch}:" if package.epoch not in ("", "0") else ""
    return f"{epoch}{max(branches, key=len)}"


def _details(description: str) -> str:
    """Return what a description says beyond its fixed opening; one about one flaw without that flaw's label."""
    text = _PREAMBLE.sub("", description, count=1).strip()
    if len(_LABEL.findall(text)) == 1:
        text = _LABEL.sub("", text, count=1)
    return "\n".join(line.strip() for line in text.strip().splitlines())[:MAX_DETAILS]


def _time(written: str) -> str:
    """Return a time as RFC 3339; they are written ``2023-02-17 00:05`` and are UTC."""
    found = _DATE.match(written.strip())
    return f"{found[1]}T{found[2]}{found[3] or ':00'}Z" if found else ""


def _page(named: re.Match[str]) -> str:
    folder = f"AL{named['release']}/" if named["release"] else ""
    return f"https://alas.aws.amazon.com/{folder}ALAS{named['topic'] or ''}-{named['number']}.html"
