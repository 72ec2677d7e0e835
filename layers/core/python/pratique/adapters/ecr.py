"""Amazon ECR as a registry: the protocol of every registry, with tokens from GetAuthorizationToken.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html: a token lasts 12 hours and is
the value of a Basic header; the answer also says where the registry is.  The instance ID of an ECR registry is
``<account>.<region>``.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from pratique.adapters.registry_auth import Fetch
from pratique.adapters.registry_http import RegistryHttp
from pratique.adapters.registry_v2 import RegistrySource
from pratique.errors import InvalidValue, RegistryError

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient

_INSTANCE = re.compile(r"([0-9]{12})\.([a-z]{2}(?:-[a-z0-9]+)+-[0-9]+)")
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{4,65536}")
_MARGIN = timedelta(minutes=10)
_PERMANENT = frozenset({"AccessDeniedException", "UnrecognizedClientException", "InvalidParameterException"})


class EcrInstance(Struct, frozen=True):
    """One account's registry in one region."""

    account: str
    region: str

    @classmethod
    def parse(cls, text: str) -> EcrInstance:
        """Read ``<account>.<region>``; raises InvalidValue for anything else."""
        match = _INSTANCE.fullmatch(text)
        if match is None:
            raise InvalidValue(f"{text[:130]!r} is not an ECR instance ID of the form account.region")
        return cls(match[1], match[2])

    def __str__(self) -> str:
        """Return ``<account>.<region>``."""
        return f"{self.account}.{self.region}"


class _Token(Struct, frozen=True):
    header: str
    endpoint: str
    until: datetime


class EcrAuthorizer:
    """Keeps one instance's token; used from several threads."""

    def __init__(self, instance: EcrInstance, client: ECRClient, now: Callable[[], datetime]) -> None:
        """Get tokens by ``client``, the first one when it is needed."""
        self._instance = instance
        self._client = client
        self._now = now
        self._lock = threading.Lock()
        self._token: _Token | None = None

    @property
    def endpoint(self) -> str:
        """The registry's base URL, as ECR says it; raises RegistryError where no token is given."""
        return self._current().endpoint

    def header(self) -> str | None:
        """Return a header that lasts some minutes yet."""
        return self._current().header

    def answer(self, challenges: Sequence[str], fetch: Fetch, refused: str | None) -> bool:  # noqa: ARG002 - ECR's own way
        """Get another token after a 401, as one that was revoked needs."""
        with self._lock:
            if self._token is None or self._token.header == refused:
                self._token = self._fetch()
            return self._token.header != refused

    def _current(self) -> _Token:
        with self._lock:
            if self._token is None or self._token.until <= self._now():
                self._token = self._fetch()
            return self._token

    def _fetch(self) -> _Token:
        name = str(self._instance)
        try:
            # Without the account the answer is about the caller's own registry.
            answer = self._client.get_authorization_token(registryIds=[self._instance.account])
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            message = f"ECR gives no token: {code}"
            raise RegistryError(message, image=name, retryable=code not in _PERMANENT) from error
        except BotoCoreError as error:
            raise RegistryError(f"ECR gives no token: {type(error).__name__}", image=name, retryable=True) from error
        for item in answer["authorizationData"]:
            token, endpoint = item.get("authorizationToken", ""), item.get("proxyEndpoint", "")
            if _TOKEN.fullmatch(token) and endpoint:
                until = item.get("expiresAt") or self._now() + timedelta(hours=1)
                return _Token(f"Basic {token}", endpoint, until - _MARGIN)
        raise RegistryError("ECR gives no token", image=name)


class EcrSources:
    """Opens repositories of ECR registries; tokens are kept for as long as this object is."""

    def __init__(
        self,
        client: Callable[[str], ECRClient],
        *,
        allow_private: bool = False,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """``client`` returns an ECR client of a region; ``allow_private`` is for storage behind private endpoints."""
        self.client = client
        self._allow_private = allow_private
        self._now = now or (lambda: datetime.now(UTC))
        self._authorizers: dict[EcrInstance, EcrAuthorizer] = {}
        self._lock = threading.Lock()

    def open(self, instance: str, repository: str) -> RegistrySource:
        """Return a repository of ``<account>.<region>``.

        Raises RegistryError for another kind of instance and where ECR gives no token, InvalidValue for a malformed
        repository name.
        """
        try:
            parsed = EcrInstance.parse(instance)
        except InvalidValue as error:
            raise RegistryError("the registry is not known", image=f"{instance}/{repository}"[:400]) from error
        with self._lock:
            if parsed not in self._authorizers:
                self._authorizers[parsed] = EcrAuthorizer(parsed, self.client(parsed.region), self._now)
            authorizer = self._authorizers[parsed]
        http = RegistryHttp(authorizer.endpoint, authorizer, allow_private=self._allow_private)
        return RegistrySource(http, repository)
