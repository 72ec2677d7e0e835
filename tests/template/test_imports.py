from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions

from tests.template.deployed import PROJECT

_IMPORT_ALL = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(f"functions.{name}.handler")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def _locked() -> set[str]:
    lock = (PROJECT / "requirements" / "runtime.txt").read_text()
    return {_plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, flags=re.M)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_handlers_import_nothing_beside_what_is_deployed() -> None:
    names = sorted(path.parent.name for path in (PROJECT / "functions").glob("*/handler.py"))
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
    owners = packages_distributions()
    imported = {_plain(owner) for name in json.loads(done.stdout) for owner in owners.get(name, [])}
    # botocore takes certifi where it is there, and is as well without it; setuptools loads itself at start-up.
    assert imported - _locked() <= {"pratique", "certifi", "setuptools"}
