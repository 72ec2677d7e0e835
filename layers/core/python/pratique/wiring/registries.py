"""Registries: which ones this deployment reads, and what an image of theirs is."""

from __future__ import annotations

from functools import cache

from pratique.adapters.ecr import EcrSources
from pratique.adapters.known_registries import KnownRegistries, Secrets
from pratique.services.resolve_image import ResolveImage
from pratique.wiring.stores import aws, objects, stores


@cache
def sources() -> KnownRegistries:
    """Return the registries that this deployment reads."""
    return KnownRegistries(stores().settings, secrets(), EcrSources(aws().ecr))


@cache
def secrets() -> Secrets:
    """Return the secrets that the settings name."""
    return Secrets(aws().secrets)


def resolve_image() -> ResolveImage:
    """Return the first step of ``scan_image``."""
    return ResolveImage(sources(), objects(), stores().settings)
