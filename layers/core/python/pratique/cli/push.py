"""``pratique push``: put an image into the local system's registry and say so, as ECR would."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pratique.cli.local_folder import local_folder_option


@click.command()
@click.argument("target", help="OCI layout folder, OCI or docker-save archive, or registry reference.")
@click.argument("name", metavar="REPOSITORY:TAG", help="Where to put it, for example demo/shop:1.0.")
@local_folder_option
@click.option("--allow-http/--no-allow-http", show_default=True, help="Read TARGET from a registry over plain HTTP.")
def push(target: str, name: str, *, folder: Path, allow_http: bool) -> None:
    """Put an image into the registry of the running local system; the scan starts by itself."""
    from pratique.adapters.sources import open_source
    from pratique.errors import InvalidValue, PratiqueError
    from pratique.local.push import push_image
    from pratique.local.registry_event import registry_event
    from pratique.local.system import Addresses, deliver

    repository, colon, tag = name.rpartition(":")
    if not colon or not repository or "/" in tag:
        click.echo(f"pratique: {name!r} is not of the form REPOSITORY:TAG", err=True)
        sys.exit(2)
    try:
        addresses = Addresses.of(folder)
        source, reference = open_source(target, allow_http=allow_http)
        digest = push_image(source, reference, addresses.registry, repository, tag)
        deliver(addresses, registry_event("PUSH", repository, digest, tag=tag))
    except InvalidValue as error:
        click.echo(f"pratique: {error}", err=True)
        sys.exit(2)
    except PratiqueError as error:
        click.echo(f"pratique: {error}", err=True)
        sys.exit(3)
    click.echo(f"{repository}:{tag} is {digest}; its scan has started ({addresses.api}/v1/scans)")
