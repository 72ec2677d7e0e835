"""Exported lists in S3, handed out by presigned links; the bucket removes them after some days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from pratique.adapters.dynamodb_table import store_error

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PREFIX = "exports/"


class S3Exports:
    """`ExportStore` on a bucket's prefix ``exports/``."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        """Use ``client`` for ``bucket``."""
        self._client = client
        self._bucket = bucket

    def put(self, name: str, body: bytes, content_type: str) -> None:
        """Store a file that browsers save and do not show."""
        filename = name.rpartition("/")[2]
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=_PREFIX + name,
                Body=body,
                ContentType=content_type,
                ContentDisposition=f'attachment; filename="{filename}"',
            )
        except (ClientError, BotoCoreError) as error:
            raise store_error(error, f"storing export {name}") from error

    def link(self, name: str, seconds: int) -> str:
        """Return a presigned address; it lives as long as the signer's own credentials at most."""
        wanted = {"Bucket": self._bucket, "Key": _PREFIX + name}
        return self._client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=seconds)
