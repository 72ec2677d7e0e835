"""The whole system on loopback, put together from the deployed template and handlers.

An embedded endpoint is DynamoDB, its streams and S3; an embedded registry stands where ECR stands; Lambda and
API Gateway are `LocalFunctions` and `Bridge`.  The handlers find all of it through ``AWS_ENDPOINT_URL`` and its
per-service forms, and nothing in them knows that it runs here.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import urllib3
from msgspec import Struct
from msgspec.structs import asdict

from pratique.errors import PratiqueError
from pratique.local import INSTANCE, REGION
from pratique.local.bridge import Bridge
from pratique.local.control import ControlPlane
from pratique.local.endpoint import EmbeddedEndpoint
from pratique.local.event_sink import EVENTS_FILE, EventSink
from pratique.local.functions import LocalFunctions
from pratique.local.http_server import LoopbackServer
from pratique.local.mirror import FolderMirror
from pratique.local.registry import EmbeddedRegistry
from pratique.local.schedule import HOUR, Schedule
from pratique.local.stream_pump import StreamPump
from pratique.local.template import table_definitions
from pratique.malware.kept_rules import keep_compiled
from pratique.malware.packs import starter_pack
from pratique.malware.rules import FOLDER_VARIABLE

_BUCKET = "pratique-local"
_ADDRESSES = "system.json"


class Addresses(Struct, frozen=True):
    """Where a running system answers: API and console, control plane, registry (``host:port``)."""

    api: str
    control: str
    registry: str

    @classmethod
    def of(cls, folder: Path) -> Addresses:
        """Return the addresses of the system that runs with this folder; raises PratiqueError where none does."""
        try:
            return cls(**json.loads((folder / _ADDRESSES).read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise PratiqueError(f"no local system runs in {folder}: start one with `pratique up`") from error


class LocalSystem:
    """A context manager that runs the system; `addresses` tells where."""

    def __init__(self, *, project: Path, folder: Path, port: int = 0, workers: int = 0, advisories: str = "") -> None:
        """Take template, functions and console from ``project``; keep state and logs in ``folder``.

        ``port`` is that of API and console (0: any that is free), ``workers`` how many processes read layers
        (0: one for each core).  ``advisories`` is a mirror's URL or folder that advisory data is updated from;
        without it the starter set stays.
        """
        self._project = project.resolve()
        self._folder = folder.resolve()
        self._port = port
        self._workers = workers or os.cpu_count() or 1
        self._advisories = advisories
        self._stack = ExitStack()
        self.addresses = Addresses("", "", "")
        self.functions: LocalFunctions

    def __enter__(self) -> Self:
        """Start everything; raises PratiqueError naming the part that did not start."""
        template = self._project / "template.yaml"
        if not template.is_file():
            raise PratiqueError(f"no template.yaml in {self._project}: run this in pratique's project folder")
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock_folder()
            self._start(template)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything, in the reverse order."""
        self._stack.close()

    def _lock_folder(self) -> None:
        """Keep the folder for this system; the lock goes with the process, however it ends."""
        lock = self._stack.enter_context((self._folder / "lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"another local system runs in {self._folder}: end it, or choose another --folder"
            raise PratiqueError(message) from error

    def _start(self, template: Path) -> None:
        enter, later = self._stack.enter_context, self._stack.callback
        endpoint = enter(EmbeddedEndpoint(folder=self._folder, environment=self._project / ".venv-endpoint"))
        shutil.rmtree(self._folder / "registry", ignore_errors=True)
        registry = enter(EmbeddedRegistry(self._folder / "registry"))
        self._set_environment(_settings(endpoint.url))
        stream = _create_resources(template)
        if str(self._project) not in sys.path:
            sys.path.insert(0, str(self._project))
            later(sys.path.remove, str(self._project))
        sink = EventSink(self._folder / EVENTS_FILE)
        secret = secrets.token_urlsafe(48)
        plane = ControlPlane(registry_url=f"http://{registry.address}", secret=secret, sink=sink, store=registry.store)
        control = LoopbackServer(plane.answer)
        later(control.close)
        self._set_environment(
            {
                f"AWS_ENDPOINT_URL_{service}": control.url
                for service in ("LAMBDA", "ECR", "SECRETS_MANAGER", "EVENTBRIDGE")
            }
        )
        rules = self._folder / "rules"  # what the Lambda layer of rules is to the deployed functions
        keep_compiled(rules, (starter_pack(),))
        self._set_environment({FOLDER_VARIABLE: str(rules)})
        console = str(self._project / "console")
        self._set_environment({"PRATIQUE_FEED_MIRROR": self._mirror(), "PRATIQUE_CONSOLE_FOLDER": console})
        self.functions = LocalFunctions(project=self._project, log=self._folder / "workers.log", workers=self._workers)
        later(self.functions.close)
        plane.attach(self.functions)
        self._pump(stream, "aggregate_findings", "IMG#")
        self._pump(stream, "send_events", "EVENT#")
        bridge = Bridge(self.functions)
        api = self._api_server(bridge)
        later(api.close)
        self.addresses = Addresses(api.url, control.url, registry.address)
        schedule = Schedule(
            self.functions,
            {
                "tick": HOUR / 4,
                "repair_counts": 24 * HOUR,
                "apply_allow_list": HOUR,
                "apply_suppressions": HOUR,
                **({"update_advisories": 6 * HOUR} if self._advisories else {}),
            },
        )
        schedule.start()
        later(schedule.close)
        (self._folder / _ADDRESSES).write_text(json.dumps(asdict(self.addresses)))
        later((self._folder / _ADDRESSES).unlink, missing_ok=True)

    def _pump(self, stream: str, function: str, prefix: str) -> None:
        """Feed a function with the stream's records whose partition begins with ``prefix``, as its filter does."""
        pump = StreamPump(stream, lambda event: self.functions.call(function, event), prefix=prefix)
        pump.start()
        self._stack.callback(pump.close)

    def _mirror(self) -> str:
        """Return the URL of the mirror; a folder is served on loopback."""
        if not self._advisories or "://" in self._advisories:
            return self._advisories
        folder = Path(self._advisories)
        if not folder.is_dir():
            raise PratiqueError(f"{folder} is neither a folder of advisory sources nor a URL")
        server = LoopbackServer(FolderMirror(folder).answer)
        self._stack.callback(server.close)
        return server.url

    def _api_server(self, bridge: Bridge) -> LoopbackServer:
        try:
            return LoopbackServer(bridge.answer, port=self._port)
        except OSError as error:
            message = f"port {self._port} of 127.0.0.1 cannot be used ({error.strerror}): choose another with --port"
            raise PratiqueError(message) from error

    def _set_environment(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            before = os.environ.get(name)
            os.environ[name] = value
            self._stack.callback(_restore, name, before)


def deliver(addresses: Addresses, event: Mapping[str, Any]) -> None:
    """Send a registry event to a running system; raises PratiqueError where it does not take it."""
    pool = urllib3.PoolManager(retries=False, timeout=10.0)
    try:
        answer = pool.request("POST", f"{addresses.control}/registry-events", body=json.dumps(event).encode())
    except urllib3.exceptions.HTTPError as error:
        raise PratiqueError("the local system does not answer: start it with `pratique up`") from error
    if answer.status != 202:  # noqa: PLR2004 - HTTP Accepted
        raise PratiqueError(f"the local system refused the event with status {answer.status}")


def _settings(endpoint: str) -> dict[str, str]:
    functions = (
        "analyze_layer", "assess_image", "scan_image", "rescan", "rematch_images", "apply_allow_list", "hunt_samples",
        "apply_suppressions",
    )  # fmt: skip
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "POWERTOOLS_SERVICE_NAME": "pratique",
        "POWERTOOLS_METRICS_NAMESPACE": "pratique",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
        "POWERTOOLS_LOG_LEVEL": os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO"),
        "PRATIQUE_FINDINGS_TABLE": "FindingsTable",
        "PRATIQUE_INDEX_TABLE": "IndexTable",
        "PRATIQUE_BUCKET": _BUCKET,
        "PRATIQUE_CURSOR_SECRET_ARN": "cursor-key",
        "PRATIQUE_EVENT_BUS": "default",
        "PRATIQUE_OWN_INSTANCE": INSTANCE,
        **{f"PRATIQUE_{name.upper()}_FUNCTION": name for name in functions},
    }


def _create_resources(template: Path) -> str:
    """Create bucket and tables of the template; return the ARN of the findings' stream."""
    boto3.client("s3").create_bucket(Bucket=_BUCKET)
    client = boto3.client("dynamodb")
    arns = {}
    for definition in table_definitions(template):
        created = client.create_table(**definition)["TableDescription"]
        arns[definition["TableName"]] = created.get("LatestStreamArn", "")
    return arns["FindingsTable"]


def _restore(name: str, before: str | None) -> None:
    if before is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = before
