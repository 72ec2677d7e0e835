"""The lists of known bad files in use: loaded once for each revision, and asked for anew at every call."""

from __future__ import annotations

from functools import lru_cache

from pratique.malware.hash_lists import HashLists
from pratique.services.rule_sets import RuleSets
from pratique.wiring.stores import objects


def hash_lists_in_use() -> HashLists:
    """Return the lists that images are judged with."""
    current = RuleSets(objects()).current()
    return hash_lists(current.hashes if current else "")


@lru_cache(maxsize=1)
def hash_lists(revision: str) -> HashLists:
    """Return the lists that were put together as ``revision``, none for the empty one."""
    return RuleSets(objects()).hashes(revision)
