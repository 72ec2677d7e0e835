"""Every registry that this deployment reads: this account's own ECR, and those that the settings name.

Credentials come from Secrets Manager when they are needed and are kept in memory only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

import msgspec
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from pratique.adapters.ecr import EcrInstance, EcrSources
from pratique.adapters.ecr_lists import EcrLists
from pratique.adapters.registry_auth import Credentials
from pratique.adapters.registry_v2 import RegistrySource, catalog, registry_source
from pratique.errors import InvalidValue, RegistryError
from pratique.model.digest import Digest
from pratique.model.settings import Registry
from pratique.ports.registry_lists import Listed
from pratique.ports.scans import SettingsStore

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

_SETTINGS_SECONDS = 60.0
_SECRET_SECONDS = 300.0


class _Login(msgspec.Struct):
    username: str
    password: str


class Secrets:
    """Values of secrets by ARN, asked for again after some minutes so that they can be rotated."""

    def __init__(self, client: Callable[[], SecretsManagerClient], clock: Callable[[], float] = time.monotonic) -> None:
        """Ask through what ``client`` makes."""
        self._client = client
        self._clock = clock
        self._kept: dict[str, tuple[float, str]] = {}

    def value(self, arn: str) -> str:
        """Return a secret's text; raises RegistryError without ever naming the value."""
        until, value = self._kept.get(arn, (0.0, ""))
        if self._clock() < until:
            return value
        try:
            value = self._client().get_secret_value(SecretId=arn)["SecretString"]
        except (ClientError, BotoCoreError, KeyError) as error:
            code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
            raise RegistryError(
                f"the secret {arn} cannot be read: {code or type(error).__name__}", retryable=True
            ) from None
        self._kept[arn] = (self._clock() + _SECRET_SECONDS, value)
        return value

    def login(self, arn: str) -> Credentials:
        """Return a user name and password from a secret that holds both as JSON."""
        try:
            login = msgspec.json.decode(self.value(arn), type=_Login)
        except msgspec.DecodeError:
            raise RegistryError(f"the secret {arn} is not JSON with username and password") from None
        return Credentials(login.username, login.password)


class KnownRegistries:
    """`ImageSources` and `RegistryLists` over all of them; used from several threads."""

    def __init__(self, settings: SettingsStore, secrets: Secrets, own: EcrSources) -> None:
        """Read which registries there are from ``settings``, at most once a minute."""
        self._settings = settings
        self._secrets = secrets
        self._own = own
        self._roles: dict[str, EcrSources] = {}
        self._until = 0.0
        self._registries: dict[str, Registry] = {}
        self._lock = threading.Lock()

    def open(self, instance: str, repository: str) -> RegistrySource:
        """Return the source of a repository; raises RegistryError for an instance that is not known."""
        registry = self._registry(instance)
        if registry is None:
            return self._own.open(instance, repository)
        if registry.role:
            return self._ecr(registry).open(instance, repository)
        return registry_source(_address(registry), repository, credentials=self._login(registry))

    def repositories(self, instance: str) -> Iterator[str]:
        """Yield the repositories of an instance: those that it lists, and those that the settings name."""
        registry = self._registry(instance)
        if registry is None or registry.role:
            yield from self._ecr_lists(instance, registry).repositories()
        elif registry.repositories:
            yield from registry.repositories
        else:
            yield from catalog(_address(registry), credentials=self._login(registry))

    def images(self, instance: str, repository: str) -> tuple[Listed, ...]:
        """Return the images of a repository."""
        registry = self._registry(instance)
        if registry is None or registry.role:
            return self._ecr_lists(instance, registry).images(repository)
        return self.open(instance, repository).listed()

    def _registry(self, instance: str) -> Registry | None:
        with self._lock:
            if time.monotonic() >= self._until:
                self._registries = {item.instance: item for item in self._settings.get()[0].registries}
                self._until = time.monotonic() + _SETTINGS_SECONDS
            return self._registries.get(instance)

    def _login(self, registry: Registry) -> Credentials | None:
        return self._secrets.login(registry.credentials) if registry.credentials else None

    def _ecr(self, registry: Registry) -> EcrSources:
        with self._lock:
            if registry.role not in self._roles:
                self._roles[registry.role] = EcrSources(lambda region: _assumed(registry.role, region))
            return self._roles[registry.role]

    def _ecr_lists(self, instance: str, registry: Registry | None) -> EcrLists:
        try:
            parsed = EcrInstance.parse(instance)
        except InvalidValue as error:
            raise RegistryError("the registry is not known", image=instance) from error
        client = _assumed(registry.role, parsed.region) if registry else self._own.client(parsed.region)

        def children(repository: str, digest: Digest) -> tuple[Digest, ...]:
            return self.open(instance, repository).children(digest)

        return EcrLists(parsed, client, children)


def _address(registry: Registry) -> str:
    return registry.url.partition("://")[2].rstrip("/")


class _RoleCredentials:
    """What a session asks for credentials: those of a role, renewed before they run out."""

    def __init__(self, role: str) -> None:
        session = get_session()
        self._fetcher = AssumeRoleCredentialFetcher(
            session.create_client, session.get_credentials(), role, extra_args={"RoleSessionName": "pratique"}
        )

    def load_credentials(self) -> DeferredRefreshableCredentials:
        return DeferredRefreshableCredentials(self._fetcher.fetch_credentials, "assume-role")


def _assumed(role: str, region: str) -> ECRClient:
    """Return a client that acts as ``role``."""
    session = get_session()
    session.register_component("credential_provider", _RoleCredentials(role))
    return cast("ECRClient", session.create_client("ecr", region_name=region))
