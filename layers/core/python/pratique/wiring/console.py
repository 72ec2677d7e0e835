"""Serving the console.  Nothing of AWS is asked for it, and nothing is imported before it is needed."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

from pratique.console.files import ConsoleFiles
from pratique.console.respond import Console
from pratique.console.sign_in import Issuer, SignIn, discover
from pratique.errors import FeedError
from pratique.wiring.environment import environment

_SECONDS = 5.0
_MOST_BYTES = 256 * 1024
_KEPT_SECONDS = 3600


@cache
def console() -> Console:
    """Return what answers the console's requests; raises InvalidValue or OSError where its folder is not there."""
    return Console(ConsoleFiles(Path(environment().need("console_folder"))), sign_in)


def sign_in() -> SignIn | None:
    """Return how people sign in: asked of the issuer once an hour; None where no issuer is set.

    Raises FeedError where the issuer does not answer, or no client is named for it.
    """
    settings = environment()
    if not settings.sign_in_issuer:
        return None
    if not settings.sign_in_client:
        raise FeedError("this deployment names no client of the console: set its parameter ConsoleClientId")
    issuer = Issuer(settings.sign_in_issuer, settings.sign_in_client, settings.sign_in_scope)
    return _discovered(issuer, int(time.monotonic() // _KEPT_SECONDS))


@cache
def _discovered(issuer: Issuer, hour: int) -> SignIn:  # noqa: ARG001 - asked again in the next
    from pratique.adapters.http_feed import HttpFeed  # noqa: PLC0415 - a file needs no HTTP client

    return discover(issuer, HttpFeed(seconds=_SECONDS, max_bytes=_MOST_BYTES))
