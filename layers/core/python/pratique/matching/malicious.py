"""Which packages of an inventory are malicious by the reports about them (https://github.com/ossf/malicious-packages).

Such a package is no flaw that a newer version mends, so it is a sample and never a vulnerability.  A package that a
higher layer removed counts as well: its files are still in the image, and what it did when it was installed is done.
"""

from __future__ import annotations

from msgspec import Struct

from pratique.matching.candidates import look_ups, own_key
from pratique.matching.consider import Considered
from pratique.matching.decide import decide
from pratique.matching.gaps import undetermined
from pratique.model.advisory import Advisory
from pratique.model.coverage import Reason
from pratique.model.finding import Affected
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage
from pratique.ports.advisories import AdvisoryDatabase


class MaliciousInstall(Struct, frozen=True):
    """One package of an image, there or removed, and the reports that cover its version; there is at least one."""

    installed: InstalledPackage
    reports: tuple[Advisory, ...]


class MaliciousResult(Struct, frozen=True):
    """What was found, effective packages first, and what could not be compared."""

    packages: tuple[MaliciousInstall, ...]
    reasons: tuple[Reason, ...]


def match_malicious(inventory: ImageInventory, database: AdvisoryDatabase) -> MaliciousResult:
    """Return the packages that reports name.

    Files that an operating-system package owns are the distribution's own build, which no report about a package
    repository is about; so those are left out.
    """
    packages = [
        installed
        for installed in (*inventory.packages, *inventory.shadowed)
        if installed.ecosystem and not installed.package.type.is_system and not installed.owned_by
    ]
    keys = list(map(own_key, packages))
    reports = database.malicious(set(keys))
    named = [installed for installed, key in zip(packages, keys, strict=True) if key in reports]
    revision = database.revision.revision
    considered: list[Considered] = []
    found: list[MaliciousInstall] = []
    for question in (question for installed in named for question in look_ups(installed, (installed.ecosystem,))):
        naming = reports.get(question.key, ())
        outcomes = [(report, decide(report.statement, question, revision=revision)) for report in naming]
        covering = {report.report.id: report.report for report, outcome in outcomes if isinstance(outcome, Affected)}
        if covering:
            found.append(MaliciousInstall(question.installed, tuple(covering.values())))
        considered.extend(Considered(question.installed, report.statement, outcome) for report, outcome in outcomes)
    return MaliciousResult(tuple(found), tuple(undetermined(considered)))
