"""What a remedy is made from: one affected package as a finding keeps it."""

from __future__ import annotations

from typing import Protocol

from pratique.model.base_image import LayerOrigin


class PlacedIn(Protocol):
    """The layer that introduced a package."""

    @property
    def index(self) -> int: ...  # noqa: D102 - the fields of ports.findings.PlacedLayer
    @property
    def created_by(self) -> str: ...  # noqa: D102
    @property
    def origin(self) -> LayerOrigin: ...  # noqa: D102


class AffectedPackage(Protocol):
    """One affected package; ``fixed_version`` is empty where there is no fix."""

    @property
    def ecosystem(self) -> str: ...  # noqa: D102 - the fields of ports.findings.StoredPackage
    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> str: ...  # noqa: D102
    @property
    def source_name(self) -> str: ...  # noqa: D102
    @property
    def source_version(self) -> str: ...  # noqa: D102
    @property
    def fixed_version(self) -> str: ...  # noqa: D102
    @property
    def fix_state(self) -> str: ...  # noqa: D102
    @property
    def note(self) -> str: ...  # noqa: D102
    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def layer(self) -> PlacedIn: ...  # noqa: D102
    @property
    def range(self) -> str: ...  # noqa: D102
    @property
    def advisory(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
