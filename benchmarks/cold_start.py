"""What each function takes when it starts cold: importing its handler, and its first call with its sample event.

    python -m benchmarks.cold_start [--runs N]

Every start is a new process beside a local system (`make setup`), which is DynamoDB, S3 and the rest for it, with the
starter rules compiled as in the Lambda layer of rules.  Durable functions are imported only: their first call needs the
durable service.  A first call that ends in an error, because what its sample event names is not there, is told with the
error's name.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measurement import Record, Spread, command_of, options
from pratique.local.functions import DURABLE
from pratique.local.system import LocalSystem

_PROJECT = Path(__file__).resolve().parent.parent
_MOST, _MOST_API = 0.6, 0.5
_BYTECODE = (
    "Bytecode is there, as it is in the Lambda layers where `sam build` finds the runtime's Python "
    "(layers/bytecode.mk); without it a cold start compiles what it imports as well, which is not measured here"
)
_START = """
import importlib, json, sys, time
name, event = sys.argv[1], json.load(open(sys.argv[2]))
module = importlib.import_module(f"functions.{name}.handler")
imported, modules, outcome = time.process_time(), len(sys.modules), "answers"
if sys.argv[3] == "call":
    from pratique.local.context import LocalContext
    began = time.process_time()
    try:
        module.lambda_handler(event, LocalContext(name))
    except Exception as error:
        outcome = type(error).__name__
    called = time.process_time() - began
else:
    called, outcome = 0.0, "not called"
print("\\n" + json.dumps([imported, called, modules, outcome]))
"""


def _start(name: str) -> tuple[float, float, int, str]:
    event = _PROJECT / "events" / f"{name}.json"
    how = "import" if name in DURABLE else "call"
    told = subprocess.run(
        [sys.executable, "-c", _START, name, str(event), how], cwd=_PROJECT, check=True, capture_output=True, text=True
    ).stdout
    imported, called, modules, outcome = json.loads(told.strip().splitlines()[-1])
    return imported, called, modules, outcome


def main() -> None:
    """Measure, print and record."""
    chosen = options(__doc__).parse_args()
    record = Record("cold_start", command_of("benchmarks.cold_start"))
    names = sorted(path.parent.name for path in (_PROJECT / "functions").glob("*/handler.py"))
    with tempfile.TemporaryDirectory() as folder, LocalSystem(project=_PROJECT, folder=Path(folder)):
        rounds = [{name: _start(name) for name in names} for _ in range(min(3, chosen.runs))]
    rows = []
    for name in names:
        starts = [each[name] for each in rounds]
        imported = Spread.of([start[0] for start in starts]).median
        called = Spread.of([start[1] for start in starts]).median
        whole = Spread.of([start[0] + start[1] for start in starts])
        spread = f"{whole.minimum:.2f}…{whole.maximum:.2f}"
        rows.append(
            (name, str(starts[0][2]), f"{imported:.2f}", f"{called:.2f}", f"{whole.median:.2f}", spread, starts[0][3])
        )
        most = _MOST_API if name == "serve_api" else _MOST
        record.target(f"{name}: import and first call, CPU", whole.median, most, " s")
    columns = ("function", "modules", "import s", "first call s", "both s", "min…max", "first call")
    record.table("CPU seconds of a cold start, medians", columns, rows)
    record.notes.append(_BYTECODE)
    record.finish()


if __name__ == "__main__":
    main()
