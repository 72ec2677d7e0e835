"""``pratique push``: put an image into the local system's registry and say so, as ECR would."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FOLDER = Path(".pratique")


def push(
    target: Annotated[
        str, typer.Argument(help="OCI layout folder, OCI or docker-save archive, or registry reference.")
    ],
    name: Annotated[str, typer.Argument(metavar="REPOSITORY:TAG", help="Where to put it, for example demo/shop:1.0.")],
    folder: Annotated[Path, typer.Option(help="Folder of the running local system.")] = FOLDER,
    allow_http: Annotated[bool, typer.Option(help="Read TARGET from a registry over plain HTTP.")] = False,
) -> None:
    """Put an image into the registry of the running local system; the scan starts by itself."""
    from pratique.adapters.sources import open_source
    from pratique.errors import InvalidValue, PratiqueError
    from pratique.local.push import push_image
    from pratique.local.registry_event import registry_event
    from pratique.local.system import Addresses, deliver

    repository, colon, tag = name.rpartition(":")
    if not colon or not repository or "/" in tag:
        typer.echo(f"pratique: {name!r} is not of the form REPOSITORY:TAG", err=True)
        raise typer.Exit(2)
    try:
        addresses = Addresses.of(folder)
        source, reference = open_source(target, allow_http=allow_http)
        digest = push_image(source, reference, addresses.registry, repository, tag)
        deliver(addresses, registry_event("PUSH", repository, digest, tag=tag))
    except InvalidValue as error:
        typer.echo(f"pratique: {error}", err=True)
        raise typer.Exit(2) from error
    except PratiqueError as error:
        typer.echo(f"pratique: {error}", err=True)
        raise typer.Exit(3) from error
    typer.echo(f"{repository}:{tag} is {digest}; its scan has started ({addresses.api}/v1/scans)")
