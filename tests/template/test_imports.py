from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import packages_distributions

from tests.template.deployed import PROJECT

_IMPORT_ALL = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(f"functions.{name}.handler")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


_RUN_RULES = ("analyze_layer", "hunt_samples")
_STORES_ONLY = ("aggregate_findings", "repair_counts", "send_events", "sweep_reports", "tick")
# What takes long to import: for reports and the command line, for rules, and for matching.
_REPORTS = {"rich", "typer", "cyclonedx", "spdx_tools", "beartype"}
_RULES = {"yara", "hyperscan"}
_MATCHING = {"pydantic", "cvss", "sqlite3", "packageurl", "isal"}


def _locked() -> set[str]:
    lock = (PROJECT / "requirements" / "runtime.txt").read_text()
    return {_plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, flags=re.M)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _names() -> list[str]:
    return sorted(path.parent.name for path in (PROJECT / "functions").glob("*/handler.py"))


def _imported(names: Sequence[str]) -> set[str]:
    variables = {"POWERTOOLS_SERVICE_NAME": "pratique", "AWS_DEFAULT_REGION": "eu-central-1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, json.dumps(names)],
        cwd=PROJECT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_handlers_import_nothing_beside_what_is_deployed() -> None:
    modules = _imported(_names())
    owners = packages_distributions()
    imported = {_plain(owner) for name in modules for owner in owners.get(name, [])}
    # botocore takes certifi where it is there, and is as well without it; setuptools loads itself at start-up.
    assert imported - _locked() <= {"pratique", "certifi", "setuptools"}


def test_handlers_do_not_import_what_they_rarely_or_never_use() -> None:
    assert not _imported([name for name in _names() if name not in _RUN_RULES]) & (_REPORTS | _RULES)
    assert not _imported(_RUN_RULES) & _REPORTS
    assert not _imported(_STORES_ONLY) & (_REPORTS | _RULES | _MATCHING)
    assert not _imported(["serve_console"]) & (_REPORTS | _RULES | _MATCHING | {"boto3"})
