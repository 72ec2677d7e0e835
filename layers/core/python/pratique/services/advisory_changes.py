"""What a revision of the advisory database changed, kept beside it, and how far stored images have followed."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from pratique.advisories.database import SqliteDatabase
from pratique.errors import AdvisoryDatabaseError
from pratique.matching.candidates import look_ups, own_key
from pratique.matching.releases import data_for
from pratique.model.inventory import AnalyzedImage
from pratique.ports.objects import ObjectStore
from pratique.services.changed_packages import Key, changed_keys

_BEGUN = "advisories/begun"
_FOLLOWED = "advisories/followed"
_FOLLOWING = "advisories/following/"


class Share(Struct, frozen=True):
    """One of ``shares`` parts of all images, by its ``number``; ``run`` tells one following from another."""

    number: int = 0
    shares: int = 1
    run: str = "whole"


WHOLE = Share()


class AdvisoryChange(msgspec.Struct, frozen=True):
    """What changed since the revision ``previous``: packages, and ecosystems that got or lost all their data."""

    previous: str
    keys: frozenset[Key]
    ecosystems: frozenset[str]

    def touches(self, analyzed: AnalyzedImage, known: frozenset[str]) -> bool:
        """Whether matching this image again may change anything; ``known`` is the ecosystems with data now."""
        inventory = analyzed.inventory
        # Reports of malicious packages name a package by its own name, whatever has data.
        if not self.keys.isdisjoint(map(own_key, (*inventory.packages, *inventory.shadowed))):
            return True
        present = {installed.ecosystem for installed in inventory.packages}
        named = {ecosystem: data_for(ecosystem, known | self.ecosystems) for ecosystem in present}
        if any(self.ecosystems.intersection(names) for names in named.values()):
            return True
        return not self.keys.isdisjoint(
            wanted.key for installed in inventory.packages for wanted in look_ups(installed, named[installed.ecosystem])
        )


class AdvisoryChanges(Struct, frozen=True):
    """The changes of revisions in the object store."""

    objects: ObjectStore

    def put(self, revision: str, previous: SqliteDatabase, new: SqliteDatabase) -> None:
        """Keep what ``new``, which is ``revision``, changed."""
        change = AdvisoryChange(
            previous=previous.revision.revision,
            keys=changed_keys(previous, new),
            ecosystems=previous.ecosystems() ^ new.ecosystems(),
        )
        self.objects.put(_key(revision), msgspec.json.encode(change))

    def since_followed(self, revision: str) -> AdvisoryChange | None:
        """Return what images must follow for ``revision``; None where that is not known, and so is everything.

        It is known only where every image has followed the revision before this one.
        """
        body = self.objects.get(_key(revision))
        if body is None:
            return None
        try:
            change = msgspec.json.decode(body, type=AdvisoryChange)
        except msgspec.DecodeError as error:
            raise AdvisoryDatabaseError(f"the record of what advisories changed is damaged: {error}") from error
        return change if self.objects.get(_FOLLOWED) == change.previous.encode() else None

    def last_begun(self) -> str:
        """Return the last revision that every share of the images was told to follow, empty before the first."""
        return (self.objects.get(_BEGUN) or b"").decode()

    def begin(self, revision: str) -> None:
        """Record that every share of the images was told to follow ``revision``."""
        self.objects.put(_BEGUN, revision.encode())

    def followed(self, revision: str, share: Share) -> None:
        """Record that every stored image of a share has been matched with ``revision`` where it matters.

        The last share of a run to be done makes it the revision that every image has followed.
        """
        prefix = f"{_FOLLOWING}{revision}/{share.run}/"
        self.objects.put(f"{prefix}{share.number}", b"")
        if len(list(self.objects.keys(prefix))) >= share.shares:
            self.objects.put(_FOLLOWED, revision.encode())


def _key(revision: str) -> str:
    return f"advisories/{revision}/changed.json"
