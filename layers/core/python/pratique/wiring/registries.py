"""Registries: which ones this deployment reads, and what an image of theirs is."""

from __future__ import annotations

from functools import cache

import boto3

from pratique.adapters.known_registries import KnownRegistries, Secrets
from pratique.services.resolve_image import ResolveImage
from pratique.wiring.stores import objects, stores


@cache
def sources() -> KnownRegistries:
    """Return the registries that this deployment reads."""
    return KnownRegistries(stores().settings, secrets())


@cache
def secrets() -> Secrets:
    """Return the secrets that the settings name."""
    return Secrets(lambda: boto3.client("secretsmanager"))


def resolve_image() -> ResolveImage:
    """Return the first step of ``scan_image``."""
    return ResolveImage(sources(), objects(), stores().settings)
