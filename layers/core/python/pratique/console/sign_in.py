"""How people sign in to the console: OpenID Connect, authorization code with PKCE.

The issuer says itself where its pages are (OpenID Connect Discovery 1.0,
https://openid.net/specs/openid-connect-discovery-1_0.html), so Cognito and every other issuer are told by two
parameters: its URL and the console's client ID.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from pratique.errors import FeedError
from pratique.ports.feeds import Feed


class Issuer(Struct, frozen=True):
    """Who people sign in at: its URL, the console's client ID there, and the scopes that are asked for."""

    url: str
    client_id: str
    scope: str


class SignIn(Struct, frozen=True):
    """What the page needs to send people there and to redeem what they come back with."""

    client_id: str
    scope: str
    authorization_endpoint: str
    token_endpoint: str
    end_session_endpoint: str

    @property
    def origin(self) -> str:
        """The origin that the page talks to."""
        parts = urlsplit(self.token_endpoint)
        return f"{parts.scheme}://{parts.netloc}"


def discover(issuer: Issuer, feed: Feed) -> SignIn:
    """Ask the issuer; raises FeedError where it does not answer, or not with what is needed over https."""
    location = f"{issuer.url.rstrip('/')}/.well-known/openid-configuration"
    with tempfile.TemporaryDirectory() as folder:
        fetched = feed.fetch(location, Path(folder))
        if fetched is None:
            raise FeedError("the issuer answers nothing", path=location)
        try:
            found = json.loads(fetched.path.read_bytes())
        except ValueError as error:
            raise FeedError("the issuer's configuration is not JSON", path=location) from error
    return SignIn(
        client_id=issuer.client_id,
        scope=issuer.scope,
        authorization_endpoint=_endpoint(found, "authorization_endpoint", location),
        token_endpoint=_endpoint(found, "token_endpoint", location),
        end_session_endpoint=found.get("end_session_endpoint") or "",
    )


def _endpoint(found: object, name: str, location: str) -> str:
    value = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(value, str) or urlsplit(value).scheme != "https" or not urlsplit(value).hostname:
        raise FeedError(f"the issuer names no {name} over https", path=location)
    return value
