"""The images that a command reads, and the options that say how they are read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from msgspec import Struct

_HELP = (
    "OCI layout folder (FOLDER or FOLDER:TAG), OCI or docker-save archive, or registry reference "
    "(REGISTRY/REPOSITORY:TAG or @DIGEST)."
)
_OPTIONS = (
    click.option(
        "--platform",
        default="",
        metavar="OS/ARCH",
        help="Which image of a multi-platform one; linux/amd64 where not given.",
    ),
    click.option("--username", default="", help="User name at the registry."),
    click.option("--password-stdin", is_flag=True, help="Read the registry password or token from standard input."),
    click.option("--allow-http", is_flag=True, help="Speak plain HTTP to the registry."),
    click.option("--no-cache", is_flag=True, help="Read every layer, though its report is kept from before."),
    click.option(
        "--workers",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help="Processes that read layers; 0: one for each core.",
    ),
    click.option(
        "--lock-files", is_flag=True, help="Read lock files too: what they pin need not be installed in the image."
    ),
)


class TargetOptions(Struct, frozen=True):
    """What was asked, as given."""

    target: str
    platform: str
    username: str
    password_stdin: bool
    allow_http: bool
    no_cache: bool
    workers: int
    lock_files: bool = False


def reads_images(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an argument for each image that it reads, and the options that say how they are all read.

    The command is called with a TargetOptions under each of ``names``.
    """

    def declared(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def called(**given: Any) -> None:
            shared = {field: given.pop(field) for field in TargetOptions.__struct_fields__ if field != "target"}
            images = {name: TargetOptions(given.pop(name), **shared) for name in names}
            command(**images, **given)

        arguments = (click.argument(name, metavar="TARGET", help=_HELP) for name in names)
        for declare in reversed((*arguments, *_OPTIONS)):
            declare(called)
        return called

    return declared
