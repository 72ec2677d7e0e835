"""Puts a target, its options and the core together: which image is meant, and how its layers are read."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from pratique.adapters.folder_objects import FolderObjectStore
from pratique.adapters.registry_auth import Credentials
from pratique.adapters.sources import open_source
from pratique.archive.limits import Limits
from pratique.cli.cache_folder import cache_folder
from pratique.cli.target_options import TargetOptions
from pratique.errors import InvalidValue, RegistryError
from pratique.inventory.extractor import Extractor, Selector
from pratique.inventory.extractors import EXTRACTORS, LOCK_FILE_EXTRACTORS, analyzer_version
from pratique.model.image import Image, Platform
from pratique.model.reference import DOCKER_HUB, parse_reference
from pratique.ports.objects import ObjectStore
from pratique.services.read_layers import LayerReader
from pratique.wiring.limits import limits_of

if TYPE_CHECKING:
    from pratique.cli.rule_choice import RuleChoice

DEFAULT_PLATFORM = Platform("linux", "amd64")


class TargetReaderBuilder(Struct, frozen=True):
    """Opens the target anew in each process that reads layers; ``rules`` is None for an inventory alone."""

    target: str
    credentials: Credentials | None
    allow_http: bool
    rules: RuleChoice | None
    analyzer: str
    lock_files: bool
    limits: Limits

    def __call__(self) -> LayerReader:
        """Return a reader of this target's layers."""
        source, _ = open_source(self.target, credentials=self.credentials, allow_http=self.allow_http)
        scanner = self.rules.scanner() if self.rules else None
        selector = Selector(_extractors(lock_files=self.lock_files))
        return LayerReader(source, selector, scanner, self.limits, self.analyzer)


class ChosenImage(Struct, frozen=True):
    """The image that a target means; ``note`` says which one was taken where there were several."""

    image: Image
    note: str


def choose_image(options: TargetOptions, credentials: Credentials | None) -> ChosenImage:
    """Resolve the target to one image.

    Raises InvalidValue for a platform that is not of the form OS/ARCH[/VARIANT], and RegistryError where there is
    no such image.
    """
    wanted = _platform(options.platform) if options.platform else None
    try:
        source, reference = open_source(options.target, credentials=credentials, allow_http=options.allow_http)
        images = source.images(reference, wanted)
    except InvalidValue as error:
        raise RegistryError(error.message) from error
    except RegistryError as error:
        raise RegistryError(f"{error}{_taken_for(options.target)}", retryable=error.retryable) from error
    if len(images) == 1:
        return ChosenImage(images[0], "")
    names = ", ".join(str(image.platform) for image in images)
    usual = [image for image in images if _is_default(image.platform)]
    image = (usual or list(images))[0]
    return ChosenImage(image, f"the image is for several platforms ({names}): taking {image.platform}, see --platform")


def _taken_for(target: str) -> str:
    """Say that a name without a host was taken for an image of Docker Hub, which may not be what was meant."""
    try:
        parsed = parse_reference(target)
    except InvalidValue:
        return ""
    if parsed.address != DOCKER_HUB or target.startswith(DOCKER_HUB) or Path(target).exists():
        return ""
    name = target[:100]
    return f"; there is no file or folder {name!r} here, so it was taken for Docker Hub's image {parsed}"


def reader_builder(
    options: TargetOptions, credentials: Credentials | None, rules: RuleChoice | None
) -> TargetReaderBuilder:
    """Return the builder for a target; raises InvalidValue where the environment's limits are wrong."""
    extractors = _extractors(lock_files=options.lock_files)
    analyzer = analyzer_version(rules.revision if rules else "", extractors)
    limits = limits_of(os.environ.get("PRATIQUE_LIMITS", ""))
    return TargetReaderBuilder(
        options.target, credentials, options.allow_http, rules, analyzer, options.lock_files, limits
    )


def _extractors(*, lock_files: bool) -> tuple[Extractor, ...]:
    return (*EXTRACTORS, *LOCK_FILE_EXTRACTORS) if lock_files else EXTRACTORS


def kept_reports(options: TargetOptions) -> ObjectStore | None:
    """Return where layer reports are kept between scans, None where they shall not be used."""
    return None if options.no_cache else FolderObjectStore(cache_folder())


def worker_count(options: TargetOptions) -> int:
    """Return how many processes read layers."""
    return options.workers or os.cpu_count() or 1


def read_credentials(options: TargetOptions) -> Credentials | None:
    """Return the registry's credentials; raises InvalidValue where only one half of them is given."""
    if bool(options.username) != options.password_stdin:
        raise InvalidValue("--username and --password-stdin are given together")
    return Credentials(options.username, sys.stdin.readline().rstrip("\r\n")) if options.username else None


def _platform(text: str) -> Platform:
    parts = text.split("/")
    if len(parts) not in (2, 3) or not all(parts):
        raise InvalidValue(f"--platform {text!r} is not of the form OS/ARCH or OS/ARCH/VARIANT")
    return Platform(*parts)


def _is_default(platform: Platform) -> bool:
    return (platform.os, platform.architecture) == (DEFAULT_PLATFORM.os, DEFAULT_PLATFORM.architecture)
