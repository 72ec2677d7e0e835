"""Make one set of every rule pack that is kept, once per revision, and let layers be read with it."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from pratique.errors import RulesError
from pratique.malware.hash_lists import joined, read_list
from pratique.malware.packs import RulePack, read_pack, starter_pack
from pratique.malware.rule_index import index_of
from pratique.malware.rules import CompiledRules, compile_packs, load_rules, revision_of, save_rules
from pratique.model.rule_set import RuleSet
from pratique.ports.clock import Clock
from pratique.services.record_change import RecordChange
from pratique.services.rule_sets import CURRENT_KEY, CurrentRules, RuleSets

_log = logging.getLogger(__name__)


class PublishedRules(Struct, frozen=True):
    """The set in use: how many rules of how many packs; ``omitted`` rules do not compile, ``refused`` packs not at all.

    ``hashes`` are the entries of the hash lists, ``unread`` those of their lines that are of no known form.  ``made``
    says that the set or the lists were made now, and were not in use already.
    """

    revision: str
    rules: int
    packs: int
    omitted: int
    refused: tuple[str, ...]
    hashes: int
    unread: int
    made: bool


class PublishRules(Struct, frozen=True):
    """Collects the packs of the object store, compiles them with the starter pack, and moves the pointer."""

    sets: RuleSets
    clock: Clock
    record: RecordChange

    def __call__(self) -> PublishedRules:
        """Return the set that is in use from now on.  Raises StoreError, and RulesError where no rule compiles.

        A pack that cannot be read is left out and named; the set is made all the same.
        """
        packs, refused = self._packs()
        starter = starter_pack()
        # Layers were read with the starter set alone until now, perhaps; what it was is needed to compare.
        alone = load_rules()
        self.sets.put_index(index_of((starter,)))
        revision = revision_of((starter, *packs))
        read = [read_list(name, text) for name, text in self.sets.hash_texts()]
        lists = joined(read)
        current = self.sets.current() or CurrentRules(alone.revision, "")
        in_use = (current.revision, current.hashes) == (revision, lists.revision)
        compiled = alone if revision == alone.revision else self._compiled(revision, starter, packs)
        published = PublishedRules(
            revision=revision,
            rules=compiled.count,
            packs=1 + len(packs),
            omitted=len(compiled.omitted),
            refused=tuple(refused),
            hashes=len(lists.entries),
            unread=sum(one.refused for one in read),
            made=not in_use,
        )
        if published.made:
            self.sets.put_index(index_of((starter, *packs)))
            self.sets.put_hashes(lists)
            # Before they are used: what cannot be recorded is not done, and what is begun again is recorded again.
            self.record("rules published", CURRENT_KEY, asdict(published), msgspec.structs.asdict(current))
            self.sets.use(CurrentRules(revision, self.clock.now().isoformat(), lists.revision))
        return published

    def _packs(self) -> tuple[tuple[RulePack, ...], list[str]]:
        refused: list[str] = []
        packs = {pack.name: pack for pack in self.sets.uploaded()}
        with tempfile.TemporaryDirectory() as folder:
            for place in self.sets.fetch_trees(Path(folder)):
                try:
                    pack = read_pack(place)
                except RulesError as error:
                    _log.warning("rule pack left out", extra={"pack": place.name, "reason": error.message})
                    refused.append(place.name)
                else:
                    packs[pack.name] = pack
        return tuple(packs[name] for name in sorted(packs)), refused

    def _compiled(self, revision: str, starter: RulePack, packs: tuple[RulePack, ...]) -> CompiledRules:
        with tempfile.TemporaryDirectory() as folder:
            compiled = compile_packs((starter, *packs))
            save_rules(compiled, Path(folder))
            self.sets.put_set(revision, packs, Path(folder))
        return compiled


def rules_in_use(sets: RuleSets, revision: str, folder: Path) -> tuple[CompiledRules, RuleSet]:
    """Return the set that was made as ``revision`` (empty: the starter set), and its index.

    Its files are kept in ``folder`` and loaded as they were compiled, where this YARA can read that.  The starter pack
    is always this program's own: after an update of the program the same packs make another revision.
    """
    packs = (sets.packs(revision) or ()) if revision else ()
    if not packs:
        return load_rules(), index_of((starter_pack(),))
    sets.fetch_files(revision, folder / revision)
    compiled = load_rules(folder / revision, packs)
    return compiled, sets.index(compiled.revision) or index_of((starter_pack(), *packs))
