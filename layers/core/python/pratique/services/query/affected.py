"""Where one vulnerability or one sample stands: image by image, worst first."""

from __future__ import annotations

from pratique.model.image import ImageId
from pratique.ports.findings import FindingState, StoredFinding, StoredImage, StoredSample
from pratique.services.query.page import Page, PageRequest
from pratique.services.query.reading import Reading
from pratique.services.query.scope import ScopeFilter

Standing = tuple[StoredImage, StoredFinding | StoredSample]

READ_BUDGET = 600
"""Entries read for one page; a page that would need more is given short, with a cursor."""

_RANKS = 3


def standing(reading: Reading, key: str, scope: ScopeFilter, page: PageRequest) -> Page[Standing]:
    """Return one page of the open findings of ``key`` (``V#<id>`` or ``M#<sha256>``) in the scope's images."""
    if scope.digest:
        return Page(_in_holders(reading, key, scope), None, None)
    bound = ("affected", key, scope)
    rank_text, _, after = (reading.cursors.open(bound, page.cursor) or "0|").partition("|")
    rows: list[Standing] = []
    read = 0
    for rank in range(int(rank_text), _RANKS):
        position: str | None = after if rank == int(rank_text) else ""
        while position is not None:
            if len(rows) == page.limit or read >= READ_BUDGET:
                return Page(tuple(rows), reading.cursors.seal(bound, f"{rank}|{position}"), None)
            found = reading.findings.affected(
                key, rank=rank, prefix=_prefix(scope), after=position, limit=page.limit - len(rows)
            )
            rows.extend(row for row in found.rows if scope.holds(row[0].id))
            read += found.read
            position = found.after
    return Page(tuple(rows), None, None)


def _prefix(scope: ScopeFilter) -> str:
    """Return how the places of the scope's images begin, as far as the scope says."""
    if not scope.instance:
        return ""
    if scope.repository:
        return f"{scope.instance}/{scope.repository}@"
    return f"{scope.instance}/{scope.namespace}/" if scope.namespace else f"{scope.instance}/"


def _in_holders(reading: Reading, key: str, scope: ScopeFilter) -> tuple[Standing, ...]:
    rows: list[Standing] = []
    for image in reading.findings.holders(scope.digest):
        stored = reading.findings.image(image)
        if stored is not None and scope.holds(image):
            rows.extend((stored, item) for item in _open(reading, image, key))
    return tuple(rows)


def _open(reading: Reading, image: ImageId, key: str) -> list[StoredFinding | StoredSample]:
    vulnerabilities, samples = reading.findings.findings(image)
    named: list[tuple[str, StoredFinding | StoredSample]] = [(f"V#{item.id}", item) for item in vulnerabilities]
    named.extend((f"M#{item.sha256}", item) for item in samples)
    return [item for name, item in named if name == key and item.state is not FindingState.FIXED]
