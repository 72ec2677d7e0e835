"""Assessing images."""

from __future__ import annotations

from pratique.services.assess_image import AssessImage
from pratique.wiring.advisory_databases import database, newer
from pratique.wiring.hash_lists import hash_lists_in_use
from pratique.wiring.schema import known_schema
from pratique.wiring.stores import clock, objects, stores


def assess_image() -> AssessImage:
    """Return the use case of ``assess_image`` on the present advisory database.

    The database is loaded once per revision; the starter set stands in until there is one.
    """
    kept = stores()
    known_schema()
    return AssessImage(
        objects(),
        kept.findings,
        database(),
        clock(),
        kept.allow_list,
        kept.suppressions,
        hash_lists_in_use,
        newer=newer,
    )
