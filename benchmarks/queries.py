"""What one core of `serve_api` answers: the lists and pages of the estate in turn, through the deployed handler.

    python -m benchmarks.queries [--images 300] [--findings 100] [--rounds 20]

Writes the estate of `benchmarks.estate` into the embedded endpoint (a child process), then hands the handler the events
that API Gateway sends, one after the other.  Processor time is that of this process alone, as a function has a core of
its own; what the endpoint needs shows in the time on the clock only, which is no measure of DynamoDB.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from benchmarks.estate import FINDINGS, EstateWriter, malware, name_of_number, plans
from pratique.adapters.dynamodb_reading import reading_from
from pratique.adapters.dynamodb_stores import dynamo_stores
from pratique.adapters.dynamodb_table import DynamoTable
from pratique.adapters.s3_objects import S3Objects
from pratique.model.image import ImageId
from pratique.wiring import queries
from tests.contract.backends import create_tables, dynamodb_client, endpoint, s3_client
from tests.fakes.estate import FakeClock

_BUCKET = "pratique-benchmark"


@dataclass(frozen=True)
class Query:
    """One request: the route that it is printed as, the path and the parameters."""

    route: str
    path: str
    parameters: dict[str, str]


def mix(images: list[ImageId]) -> Iterator[Query]:
    """Yield one request of each kind about an image of the estate."""
    chance = random.Random(1)  # noqa: S311 - chooses what is asked about
    while True:
        image, number = chance.choice(images), chance.randrange(200)
        flaw, one = name_of_number(number), f"/v1/images/{quote(str(image), safe='')}"
        digest = str(image.digest)
        for parameters in (
            {},
            {"limit": "100"},
            {"sort": "last_scan"},
            {"category": "application", "priority": "high"},
            {"name": chance.choice(("openssl", "overfow", "cve-2019", "heap overflow"))},
            {"fix_available": "true", "epss_at_least": "0.1"},
            {"instance": image.instance},
            {"namespace": image.namespace},
            {"repository": image.repository},
            {"digest": digest},
            {"repository_name": image.repository.rpartition("/")[2]},
        ):
            shown = "&".join(f"{name}=" for name in parameters)
            yield Query(f"/v1/vulnerabilities?{shown}".rstrip("?"), "/v1/vulnerabilities", parameters)
        yield Query("/v1/vulnerabilities/{id}", f"/v1/vulnerabilities/{flaw}", {})
        yield Query("/v1/vulnerabilities/{id}/images", f"/v1/vulnerabilities/{flaw}/images", {})
        yield Query("/v1/samples", "/v1/samples", {})
        sha256 = malware(1).sha256
        yield Query("/v1/samples/{sha256}", f"/v1/samples/{sha256}", {})
        yield Query("/v1/samples/{sha256}/images", f"/v1/samples/{sha256}/images", {})
        yield Query("/v1/images", "/v1/images", {})
        yield Query("/v1/images?risk=", "/v1/images", {"risk": "high"})
        yield Query("/v1/images?repository_name=", "/v1/images", {"repository_name": "service"})
        yield Query("/v1/images/{id}", one, {})
        yield Query("/v1/images/{id}/findings", f"{one}/findings", {})
        yield Query("/v1/images/{id}/findings?name=", f"{one}/findings", {"name": "openssl"})
        yield Query("/v1/repositories", "/v1/repositories", {})
        yield Query("/v1/scans", "/v1/scans", {})
        yield Query("/v1/scans?state=", "/v1/scans", {"state": "complete"})
        yield Query("/v1/overview", "/v1/overview", {})
        yield Query("/v1/settings", "/v1/settings", {})
        yield Query("/v1/suppressions", "/v1/suppressions", {})
        yield Query("/v1/allow-list", "/v1/allow-list", {})


def measured(images: list[ImageId], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Return the milliseconds of processor and clock that each request of the mix took, by route."""
    from tests.functions.api_client import api_event, invoke  # noqa: PLC0415 - the handler reads the environment

    taken: dict[str, list[tuple[float, float]]] = {}
    asked = mix(images)
    kinds = len({query.route for query, _ in zip(mix(images), range(200), strict=False)})
    for number in range((rounds + 1) * kinds):
        query = next(asked)
        event = api_event("GET", query.path, query=query.parameters)
        processor, clock = time.process_time(), time.perf_counter()
        answer = invoke(event)
        spent = 1000 * (time.process_time() - processor), 1000 * (time.perf_counter() - clock)
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"{query}: {answer}")
        if number >= kinds:  # the first round is a new process's
            taken.setdefault(query.route, []).append(spent)
    return taken


def show(taken: dict[str, list[tuple[float, float]]]) -> None:
    """Print a row for each route, the dearest last, and what all of them come to."""
    print(f"{'processor, ms':>57}{'clock, ms':>18}\n{'route':40}{'median':>8}{'p95':>9}{'median':>10}{'p95':>8}")
    for route, spent in sorted(taken.items(), key=lambda row: percentile(_apart(row[1])[0], 50)):
        processor, clock = _apart(spent)
        middle, slow = percentile(processor, 50), percentile(processor, 95)
        print(f"{route:40}{middle:8.1f}{slow:9.1f}{percentile(clock, 50):10.1f}{percentile(clock, 95):8.1f}")
    processor, clock = _apart([pair for spent in taken.values() for pair in spent])
    print(
        f"\n{len(processor)} requests: {1000 * len(processor) / sum(processor):.0f} a second of one core; processor "
        f"p50 {percentile(processor, 50):.1f} ms, p95 {percentile(processor, 95):.1f} ms; clock p50 "
        f"{percentile(clock, 50):.1f} ms, p95 {percentile(clock, 95):.1f} ms"
    )


def _apart(spent: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [processor for processor, _ in spent], [clock for _, clock in spent]


def percentile(values: list[float], part: int) -> float:
    """Return the value that ``part`` of a hundred do not exceed."""
    return sorted(values)[max(0, -(-len(values) * part // 100) - 1)]


def serve(url: str, images: int, findings: int) -> list[ImageId]:
    """Write an estate into the endpoint and let the handler read it; return its images."""
    client, storage = dynamodb_client(url), s3_client(url)
    findings_table, index_table = create_tables(client, "")
    storage.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    stores = dynamo_stores(
        client,
        findings_table=findings_table,
        index_table=index_table,
        objects=S3Objects(lambda: storage, _BUCKET),
        counts_seconds=2.0,
    )
    writer = EstateWriter(stores, DynamoTable(client, findings_table))
    wanted = list(plans(images, findings=findings))
    writer.write(wanted)
    print(f"{images} images of {findings} findings, {writer.distinct} distinct vulnerabilities\n", flush=True)
    reading = reading_from(stores, cursor_key=lambda: b"benchmark's key!", clock=FakeClock(), advisories=lambda: None)
    queries.reading = lambda: reading  # type: ignore[assignment]  # what wiring builds from the environment
    return [plan.image for plan in wanted]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--findings", type=int, default=FINDINGS)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    os.environ |= {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    os.environ |= {"POWERTOOLS_SERVICE_NAME": "pratique", "POWERTOOLS_LOG_LEVEL": "WARNING"}
    logging.getLogger("pratique").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, endpoint(Path(folder)) as url:
        show(measured(serve(url, options.images, options.findings), options.rounds))


if __name__ == "__main__":
    main()
