"""Answering the HTTP API."""

from __future__ import annotations

from functools import cache

from botocore.exceptions import BotoCoreError, ClientError

from pratique.adapters.dynamodb_reading import reading_from
from pratique.adapters.s3_exports import S3Exports
from pratique.errors import StoreError
from pratique.ports.advisories import AdvisoryRevision
from pratique.services.advisory_record import current_revision
from pratique.services.query.reading import Reading
from pratique.services.write_export import WriteExport
from pratique.wiring.environment import environment
from pratique.wiring.schema import known_schema
from pratique.wiring.stores import aws, clock, objects, stores


@cache
def reading() -> Reading:
    """Return what the questions are answered from."""
    known_schema()
    return reading_from(stores(), cursor_key=_cursor_key, clock=clock(), advisories=_revision)


@cache
def write_export() -> WriteExport:
    """Return what writes lists into files."""
    return WriteExport(S3Exports(aws().s3(), environment().need("bucket")), clock())


def _revision() -> AdvisoryRevision:
    """Return the advisory data in use: the starter set stands in until there is a database."""
    current = current_revision(objects())
    if current is None:
        # Only before the first update of a deployment: it opens a database, which no list needs otherwise.
        from pratique.wiring.advisory_databases import starter  # noqa: PLC0415

        return starter().revision
    return current


@cache
def _cursor_key() -> bytes:
    """Return what signs cursors, asked for when there is one; raises StoreError where it cannot be read."""
    try:
        secret = aws().secrets().get_secret_value(SecretId=environment().need("cursor_secret_arn"))
    except (BotoCoreError, ClientError) as error:
        raise StoreError("the key that signs cursors cannot be read", retryable=True) from error
    return secret["SecretString"].encode()
