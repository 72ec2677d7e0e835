"""Clients of AWS services, each made when it is first used.

Making one takes tens of milliseconds, for the description of its service is read, and a function that starts cold uses
one or two.  They are botocore's own: what boto3 adds to it, resources and transfers, takes time to import and is not
used here.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.session import get_session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient

_CONFIG = Config(retries={"mode": "standard", "max_attempts": 6}, connect_timeout=5, read_timeout=30)


class AwsClients:
    """The clients of one session; used from several threads, of which a session stands only one at a time."""

    def __init__(self) -> None:
        """Begin with no client; the session takes region, endpoint and credentials from the environment."""
        self.session = get_session()
        self._made: dict[tuple[str, str | None], Any] = {}
        self._lock = Lock()

    def dynamodb(self) -> DynamoDBClient:
        """Return the client of DynamoDB."""
        client: DynamoDBClient = self._client("dynamodb", config=_CONFIG)
        return client

    def s3(self) -> S3Client:
        """Return the client of S3."""
        client: S3Client = self._client("s3", config=_CONFIG)
        return client

    def functions(self) -> LambdaClient:
        """Return the client of Lambda."""
        client: LambdaClient = self._client("lambda", config=_CONFIG)
        return client

    def events(self) -> EventBridgeClient:
        """Return the client of EventBridge."""
        client: EventBridgeClient = self._client("events")
        return client

    def secrets(self) -> SecretsManagerClient:
        """Return the client of Secrets Manager."""
        client: SecretsManagerClient = self._client("secretsmanager")
        return client

    def ecr(self, region: str) -> ECRClient:
        """Return the client of ECR in a region."""
        client: ECRClient = self._client("ecr", region=region)
        return client

    def _client(self, service: str, *, region: str | None = None, config: Config | None = None) -> Any:
        with self._lock:
            if (service, region) not in self._made:
                self._made[service, region] = self.session.create_client(service, region_name=region, config=config)
            return self._made[service, region]
