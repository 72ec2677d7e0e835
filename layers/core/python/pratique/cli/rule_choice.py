"""Which malware rules a scan uses, and where they lie compiled."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec import Struct

from pratique.cli.cache_folder import cache_folder
from pratique.malware.kept_rules import keep_compiled
from pratique.malware.packs import RulePack, read_pack, starter_pack
from pratique.malware.revisions import scanner_revision
from pratique.malware.rules import load_rules, revision_of
from pratique.malware.scanner import RuleScanner


class RuleChoice(Struct, frozen=True):
    """The rules of a scan: starter rules and the packs in ``folders``; ``compiled`` is where they may lie compiled.

    ``digests``: every file's MD5 and SHA-1 is taken as well.  ``revision`` is that of the scanner.
    """

    folders: tuple[Path, ...]
    compiled: Path
    revision: str
    digests: bool = False

    def packs(self) -> tuple[RulePack, ...]:
        """Read the packs besides the starter one; raises RulesError."""
        return tuple(read_pack(folder) for folder in self.folders)

    def scanner(self) -> RuleScanner:
        """Load the rules; raises RulesError."""
        return RuleScanner(load_rules(self.compiled, self.packs()), digests=self.digests)


def choose_rules(folders: tuple[Path, ...], *, digests: bool = False) -> RuleChoice:
    """Return the rules of a scan, compiled once for every process and later scan; raises RulesError."""
    packs = (starter_pack(), *(read_pack(folder) for folder in folders))
    revision = revision_of(packs)
    place = cache_folder() / "rules" / revision
    for omitted in keep_compiled(place, packs):
        print(f"pratique: rule left out: {omitted.path} {omitted.rule}: {omitted.reason}", file=sys.stderr)
    return RuleChoice(folders, place, scanner_revision(revision, digests=digests), digests)
