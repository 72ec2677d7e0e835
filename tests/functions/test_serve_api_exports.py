from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto import mock_aws

from pratique.adapters.s3_exports import S3Exports
from pratique.model.severity import Priority
from pratique.services.write_export import WriteExport
from pratique.wiring import queries
from pratique.wiring.stores import clock
from tests.finding_builder import image_id, report, sample
from tests.functions.api_client import Api, api

__all__ = ["api"]

IMAGE = image_id()
LISTS = {
    "vulnerabilities": {},
    "vulnerability-images": {"id": "CVE-7"},
    "samples": {},
    "sample-images": {"id": sample("miner").sha256},
    "images": {},
    "image-findings": {"id": str(IMAGE)},
    "repositories": {},
    "suppressions": {},
    "scans": {},
}


@dataclass
class Files:
    """An export store in memory."""

    bodies: dict[str, bytes] = field(default_factory=dict)

    def put(self, name: str, body: bytes, content_type: str) -> None:
        self.bodies[name] = body

    def link(self, name: str, seconds: int) -> str:
        return f"https://files.example/{name}?expires={seconds}"


@pytest.fixture
def files(api: Api, monkeypatch: pytest.MonkeyPatch) -> Files:
    files = Files()
    monkeypatch.setattr(queries, "write_export", lambda: WriteExport(files, clock(), most_rows=150))
    content = report({f"CVE-{number}": Priority.LOW for number in range(260)}, [sample("miner")])
    api.estate.scan(IMAGE, content)
    api.estate.settle()
    return files


def body(files: Files, answer: Any) -> str:
    assert answer.status == 200, answer.text
    return files.bodies[answer.body["link"].removeprefix("https://files.example/").partition("?")[0]].decode()


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_exported_with_its_rows(api: Api, files: Files, name: str) -> None:
    answer = api.get(f"/v1/exports/{name}", format="jsonl", **LISTS[name])
    rows = [json.loads(line) for line in body(files, answer).splitlines()]
    assert (
        len(rows)
        == answer.body["rows"]
        == {"vulnerabilities": 200, "image-findings": 200}.get(name, 0 if name in {"suppressions", "scans"} else 1)
    )


def test_export_goes_on_where_the_last_file_ended(api: Api, files: Files) -> None:
    seen, cursor = [], ""
    while True:
        answer = api.get("/v1/exports/vulnerabilities", sort="first_seen", cursor=cursor)
        assert answer.body["format"] == "csv"
        seen += [row["id"] for row in csv.DictReader(io.StringIO(body(files, answer)))]
        if answer.body["next_cursor"] is None:
            break
        cursor = answer.body["next_cursor"]
    assert sorted(seen) == sorted(f"CVE-{number}" for number in range(260))


def test_export_knows_the_lists_filters_and_no_others(api: Api, files: Files) -> None:
    answer = api.get("/v1/exports/vulnerabilities", name="CVE-25", format="jsonl")
    assert {json.loads(line)["id"] for line in body(files, answer).splitlines()} == {
        "CVE-25", *(f"CVE-25{number}" for number in range(10)),
    }  # fmt: skip
    assert api.get("/v1/exports/vulnerabilities", colour="blue").status == 422
    assert api.get("/v1/exports/vulnerabilities", format="xml").status == 422
    assert api.get("/v1/exports/vulnerability-images").status == 422
    assert api.get("/v1/exports/vulnerability-images", id="CVE-404").status == 404
    assert api.get("/v1/exports/nothing").status == 404


def test_files_are_kept_in_the_bucket_and_linked_for_a_while() -> None:
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-1")
        client.create_bucket(Bucket="exports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        store = S3Exports(client, "exports")
        store.put("1/list.csv", b"id\r\n", "text/csv")
        kept = client.get_object(Bucket="exports", Key="exports/1/list.csv")
        assert (kept["Body"].read(), kept["ContentDisposition"]) == (b"id\r\n", 'attachment; filename="list.csv"')
        address = urlsplit(store.link("1/list.csv", 900))
        assert address.path.endswith("/exports/1/list.csv")
        assert {"X-Amz-Expires", "Expires"} & parse_qs(address.query).keys()
