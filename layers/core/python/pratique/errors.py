"""The one error root and one child per boundary.

Every error carries the image, the layer and the path it is about where they are known, and says in
``retryable`` whether the same call may succeed later.  Nothing outside a handler catches more than these.
"""

from __future__ import annotations


class PratiqueError(Exception):
    """Root of every error that pratique raises on purpose."""

    retryable = False

    def __init__(
        self, message: str, *, image: str = "", layer: str = "", path: str = "", retryable: bool | None = None
    ) -> None:
        """Keep the message and where it happened; ``retryable`` overrides the class's own answer."""
        super().__init__(message)
        self.message = message
        self.image = image
        self.layer = layer
        self.path = path
        if retryable is not None:
            self.retryable = retryable

    def __str__(self) -> str:
        """Return the message, followed by the places that are known."""
        places = (("image", self.image), ("layer", self.layer), ("path", self.path))
        known = ", ".join(f"{name} {value}" for name, value in places if value)
        return f"{self.message} ({known})" if known else self.message


class InvalidValue(PratiqueError, ValueError):
    """A digest, reference, setting or other small value is not well formed."""


class MissingSetting(PratiqueError):
    """A function was deployed without a setting that it needs, or with one of no use: no caller can put that right."""


class InvalidVersion(PratiqueError, ValueError):
    """A version string is not well formed in its scheme."""


class RegistryError(PratiqueError):
    """A registry, image folder or image archive could not be read, or lied about what it holds."""


class NotAnImage(RegistryError):
    """What stands under the reference is an artifact, such as a chart or a signature, and no container image."""


class ArchiveError(PratiqueError):
    """Bytes of a layer or of an archive in it are malformed, or over a limit."""


class ArchiveOverLimit(ArchiveError):
    """Bytes of a layer or of an archive in it go over a limit: there is more than was looked at."""


class ExtractorError(PratiqueError):
    """One file could not be read by one extractor; the layer goes on without it."""


class FeedError(PratiqueError):
    """An advisory source is unreachable, truncated or malformed."""


class SourceAbsent(FeedError):
    """A mirror has no file of an advisory source: it mirrors others."""


class AdvisoryDatabaseError(PratiqueError):
    """The advisory database is missing, damaged or of another schema."""


class RulesError(PratiqueError):
    """A rule pack cannot be read, or none of its rules compiles."""


class StoreError(PratiqueError):
    """A store refused or failed a call."""


class Superseded(StoreError):
    """A newer assessment of the same image has taken over; this one must stop writing."""


class Conflict(StoreError):
    """Somebody else changed the record in between; read it again and decide again."""
