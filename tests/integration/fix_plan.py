"""A fix plan carried out for real on a folder that holds what an image holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pratique.adapters.sources import open_source
from pratique.advisories.database import SqliteDatabase
from pratique.archive.limits import Limits
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.inventory.image import fold
from pratique.matching.matcher import match
from pratique.model.finding import VulnerabilityFinding
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.remediation.plan import FixPlan
from pratique.services.plan_fixes import plan_fixes
from pratique.services.read_layers import LayerReader
from tests.image_builder import build_layout

Pairs = set[tuple[str, str]]
"""Ids of vulnerabilities, each with the path of one affected copy."""


@dataclass(frozen=True)
class Scanned:
    """A folder that holds what an image holds, as one scan sees it."""

    image: Image
    inventory: ImageInventory
    found: tuple[VulnerabilityFinding, ...]

    @property
    def pairs(self) -> Pairs:
        """Every affected copy."""
        return {
            (finding.vulnerability.id, place.path)
            for finding in self.found
            for item in finding.packages
            for place in item.installed.locations
        }


def scan(root: Path, database: SqliteDatabase, folder: Path) -> Scanned:
    files = {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts
    }
    build_layout(folder, [files])
    source, reference = open_source(str(folder))
    (image,) = source.images(reference)
    (layer,) = image.layers
    reader = LayerReader(source, Selector(EXTRACTORS), None, Limits(), "test")
    inventory = fold(image.layers, [reader.read(layer)])
    return Scanned(image, inventory, match(inventory, database).vulnerabilities)


def carried_out(
    root: Path, database: SqliteDatabase, folder: Path, run: Callable[[str], None]
) -> tuple[FixPlan, Scanned, Scanned]:
    """Plan, run every command, and scan again."""
    before = scan(root, database, folder / "before")
    plan = plan_fixes(before.image, before.inventory, before.found, database)
    for step in plan.steps:
        if step.command:
            run(step.command)
    return plan, before, scan(root, database, folder / "after")
