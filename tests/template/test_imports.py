from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import packages_distributions

import pytest

from tests.template.deployed import PROJECT

_IMPORT_ALL = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(f"functions.{name}.handler")
print(json.dumps(sorted(sys.modules)))
"""


# What takes long to import: for reports and the command line, for rules, and for matching.
_REPORTS = {"rich", "click", "cyclonedx", "spdx_tools", "beartype", "packageurl", "license_expression"}
_RULES = {"yara", "hyperscan"}
_DATABASE = {"sqlite3"}
_DATABASE_MAKING = {"cvss", "pratique.advisories.build", "pratique.advisories.read_source"}
_MODELS = {"pydantic"}
_LAYERS = {"isal", "pratique.archive.tar"}
_EXTRACTORS = {"pratique.inventory.extractors"}
_REGISTRIES = {"pratique.adapters.registry_v2", "pratique.adapters.ecr"}
_MATCHING = {"pratique.matching", "pratique.versions"}
# Only the durable SDK needs boto3: it adds resources and transfers to botocore.
_BOTO3 = {"boto3", "s3transfer"}
_ROUTERS = {"pratique.api.images", "pratique.api.vulnerabilities", "pratique.api.document"}
_COSTLY = (
    _REPORTS | _RULES | _DATABASE | _DATABASE_MAKING | _MODELS | _LAYERS | _EXTRACTORS
    | _REGISTRIES | _MATCHING | _BOTO3 | _ROUTERS
)  # fmt: skip

# Of these, what each function may import because its calls use it; and how many modules it imports at most.  A bound
# has some room for a new field's module or a dependency's new version, none for one more of what is costly.
_JUDGING = _MODELS | _DATABASE | _MATCHING
_USED: dict[str, tuple[set[str], int]] = {
    "aggregate_findings": (set(), 520),
    "analyze_layer": (_MODELS | _RULES | _LAYERS | _EXTRACTORS | _REGISTRIES, 720),
    "apply_allow_list": (_JUDGING, 670),
    "apply_suppressions": (_JUDGING, 670),
    "assess_image": (_JUDGING, 670),
    "hunt_samples": (_MODELS | _RULES | _LAYERS | _EXTRACTORS | _BOTO3, 800),
    "receive_push": (_MODELS | _REGISTRIES, 600),
    "receive_webhook": (_MODELS | _REGISTRIES, 600),
    "rematch_images": (_JUDGING, 670),
    "repair_counts": (set(), 520),
    "rescan": (_MODELS | _REGISTRIES | _BOTO3, 700),
    "scan_image": (_MODELS | _REGISTRIES | _BOTO3, 700),
    "send_events": (set(), 520),
    "serve_api": (_MODELS, 720),
    "serve_console": (set(), 220),
    "sweep_reports": (set(), 540),
    "tick": (set(), 560),
    "update_advisories": (_JUDGING | _DATABASE_MAKING, 670),
}


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
    modules = {name.partition(".")[0] for name in _imported(_names())}
    owners = packages_distributions()
    imported = {_plain(owner) for name in modules for owner in owners.get(name, [])}
    # botocore takes certifi where it is there, and is as well without it; setuptools loads itself at start-up.
    assert imported - _locked() <= {"pratique", "certifi", "setuptools"}


def test_every_function_has_its_bounds() -> None:
    assert sorted(_USED) == _names()


@pytest.mark.parametrize("name", sorted(_USED))
def test_function_imports_nothing_costly_that_it_does_not_use(name: str) -> None:
    used, most = _USED[name]
    modules = _imported([name])
    assert modules & (_COSTLY - used) == set()
    assert used <= modules, "what is not imported any more is listed as used"
    assert len(modules) <= most


def test_console_is_served_without_aws() -> None:
    assert not _imported(["serve_console"]) & {"botocore.session"}
