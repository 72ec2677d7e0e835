"""What every `ObjectStore` does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from pratique.adapters.folder_objects import FolderObjectStore
from pratique.adapters.s3_objects import S3Objects
from pratique.errors import StoreError
from pratique.ports.objects import ObjectStore
from tests.contract.backends import s3_client

_NUMBERS = itertools.count(1)


@pytest.fixture(params=["folder", "moto", pytest.param("endpoint", marks=pytest.mark.integration)])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    match request.param:
        case "folder":
            yield FolderObjectStore(tmp_path)
        case "moto":
            with mock_aws():
                yield _bucket(None)
        case _:
            yield _bucket(request.getfixturevalue("endpoint_url"))


def _bucket(url: str | None) -> S3Objects:
    client = s3_client(url)
    name = f"objects-{next(_NUMBERS)}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return S3Objects(lambda: client, name, sleep=lambda _: None)


def test_object_that_is_not_there_is_none(objects: ObjectStore) -> None:
    assert objects.get("layers/none") is None


def test_put_replaces_and_get_returns_the_bytes(objects: ObjectStore) -> None:
    for body in (b"one", b"", b"\x00two" * 1000):
        objects.put("layers/sha256:ab/1.json.zst", body)
        assert objects.get("layers/sha256:ab/1.json.zst") == body


def test_put_if_absent_stores_once(objects: ObjectStore) -> None:
    assert objects.put_if_absent("layers/a", b"one")
    assert not objects.put_if_absent("layers/a", b"two")
    assert objects.get("layers/a") == b"one"


def test_deleted_objects_are_gone_and_deleting_none_is_no_error(objects: ObjectStore) -> None:
    for key in ("advisories/r1/a", "advisories/r2/a", "advisories/r3/a"):
        objects.put(key, b"1")
    objects.delete(["advisories/r1/a", "advisories/r2/a", "advisories/none"])
    assert list(objects.keys("advisories/")) == ["advisories/r3/a"]
    objects.delete([])


def test_keys_come_in_order_below_a_prefix(objects: ObjectStore) -> None:
    for key in ("layers/b", "layers/a/2", "layers/a/1", "advisories/current.json"):
        objects.put(key, b"x")
    assert list(objects.keys("layers/")) == ["layers/a/1", "layers/a/2", "layers/b"]
    assert list(objects.keys("nothing/")) == []


def test_s3_that_cannot_be_reached_is_an_error_that_may_pass() -> None:
    store = S3Objects(lambda: s3_client("http://127.0.0.1:9"), "objects", sleep=lambda _: None)
    for call in (lambda: store.get("a"), lambda: store.put("a", b""), lambda: store.put_if_absent("a", b"")):
        with pytest.raises(StoreError) as caught:
            call()
        assert caught.value.retryable
