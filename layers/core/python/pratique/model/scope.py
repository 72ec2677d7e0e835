"""What a scan or a count is about: everything, an instance, a namespace, a repository or one image."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from pratique.errors import InvalidValue
from pratique.model.image import ImageId


class ScopeKind(StrEnum):
    """The five kinds, by the prefix that a scope's text has."""

    ALL = "ALL"
    INSTANCE = "I"
    NAMESPACE = "N"
    REPOSITORY = "R"
    IMAGE = "IMG"


class Scope(Struct, frozen=True):
    """A scope as text: ``ALL``, ``I#<instance>``, ``N#<instance>/<namespace>``, ``R#<instance>/<repository>`` or ``IMG#<image ID>``."""  # noqa: E501 - one list

    kind: ScopeKind
    value: str = ""

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        return f"{self.kind}#{self.value}" if self.value else self.kind.value

    @classmethod
    def parse(cls, text: str) -> Scope:
        """Read a scope; raises InvalidValue for text that is none."""
        if text == ScopeKind.ALL:
            return cls(ScopeKind.ALL)
        kind, _, value = text.partition("#")
        if kind not in {"I", "N", "R", "IMG"} or not value or (kind != "I" and "/" not in value):
            raise InvalidValue(
                f"{text[:300]!r} is not a scope: ALL, I#instance, N#instance/namespace, R#instance/repository "
                "or IMG#instance/repository@digest"
            )
        if kind == ScopeKind.IMAGE:
            ImageId.parse(value)
        return cls(ScopeKind(kind), value)

    def holds(self, image: ImageId) -> bool:
        """Whether ``image`` lies in this scope."""
        match self.kind:
            case ScopeKind.ALL:
                return True
            case ScopeKind.INSTANCE:
                return image.instance == self.value
            case ScopeKind.NAMESPACE:
                return f"{image.instance}/{image.namespace}" == self.value
            case ScopeKind.REPOSITORY:
                return f"{image.instance}/{image.repository}" == self.value
            case ScopeKind.IMAGE:
                return str(image) == self.value
