"""What a hunt says of itself in the list of scans: its progress, and what it cost in layers and bytes."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from pratique.ports.scans import ScanState, ScanStore
from pratique.services.end_scan import EndScan
from pratique.services.publish_rules import PublishedRules
from pratique.services.stop_scan import is_stopped


class HuntRecord(Struct, frozen=True):
    """Keeps the record of hunts among those of scans."""

    scans: ScanStore
    end_scan: EndScan

    def begin(self, hunt: str, *, images: int, rules: PublishedRules) -> None:
        """Say how many images the hunt goes through, with which rules, and which of those are left out."""
        left_out = f", {rules.omitted} rules left out that do not compile" if rules.omitted else ""
        refused = f", packs that cannot be read: {', '.join(rules.refused)}" if rules.refused else ""
        unread = f", {rules.unread} lines left out that are of no known form" if rules.unread else ""
        hashes = f"; {rules.hashes} listed hashes{unread}" if rules.hashes or rules.unread else ""
        detail = f"rules {rules.revision}: {rules.rules} of {rules.packs} packs{left_out}{refused}{hashes}"
        self.scans.update(hunt, state=ScanState.RUNNING, images=images, detail=detail)

    def tell(self, hunt: str, counts: Mapping[str, int]) -> None:
        """Say how far the hunt has come."""
        if counts and not self.is_stopped(hunt):
            number = all_numbers(counts)
            self.scans.update(
                hunt, detail=told(counts), bytes_done=number["bytes"], layers_done=number["layers"] + number["carried"]
            )

    def passed(self, hunt: str, *, images: int) -> None:
        """Count images that were gone through without being judged again."""
        if images:
            self.scans.add_done(hunt, images=images)

    def is_stopped(self, hunt: str) -> bool:
        """Whether somebody stopped the hunt."""
        return is_stopped(self.scans, hunt)

    def end(self, hunt: str, state: ScanState, counts: Mapping[str, int], reason: str) -> None:
        """Say how the hunt ended and what it took."""
        self.tell(hunt, counts)
        self.end_scan(hunt, state, "; ".join(part for part in (reason, told(counts) if counts else "") if part))


def all_numbers(counts: Mapping[str, int]) -> dict[str, int]:
    """Return every number of a hunt, 0 where nothing was counted yet."""
    return {name: counts.get(name, 0) for name in ("bytes", "layers", "carried", "judged", "untouched", "failed")}


def told(counts: Mapping[str, int]) -> str:
    """Return the numbers of a hunt in words; bytes are those of compressed layers."""
    number = all_numbers(counts)
    return (
        f"{number['bytes']} bytes of {number['layers']} layers read, {number['carried']} layers known without reading; "
        f"{number['judged']} images judged again, {number['untouched']} had nothing to look for, "
        f"{number['failed']} left as they were"
    )
