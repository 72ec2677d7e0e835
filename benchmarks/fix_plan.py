"""Does a fix plan do what it says?  Carries the plan of a real image out, scans again, compares.

    python -m benchmarks.fix_plan LAYOUT --database FILE          # the plan of that database, its commands in a chroot
    python -m benchmarks.fix_plan LAYOUT --upgradable             # advisories made from what apt would upgrade

Needs root, umoci, and package sources that the machine itself is configured for.  ``--certificates`` names a bundle of
certificate authorities that the sources are signed with, ``--pip`` the folder of a pip in the image that runs, where
the one that Python would import there does not: it is imported without its metadata, so that it sees what is installed.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pratique.adapters.sources import open_source
from pratique.advisories.database import SqliteDatabase, open_database
from pratique.archive.limits import Limits
from pratique.inventory.extractor import Selector
from pratique.inventory.extractors import EXTRACTORS
from pratique.inventory.image import fold
from pratique.matching.matcher import match
from pratique.model.finding import VulnerabilityFinding
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.remediation.plan import FixPlan
from pratique.services.plan_fixes import plan_fixes
from pratique.services.read_layers import LayerReader
from tests.advisory_files import database_of, fixed_in, record

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
_APT = """Acquire::https::CAInfo "/run/plan/ca.crt";
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
Acquire::Languages "none";
"""


def main() -> int:
    """Plan, apply, scan again and print both lists; return 0 where every predicted finding is gone."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        layout, bundle = folder / "image", folder / "bundle"
        shutil.copytree(options.layout, layout)
        _run("umoci", "unpack", "--image", f"{layout}:latest", str(bundle))
        with _chroot(bundle / "rootfs", options.certificates):
            database = _upgradable(bundle / "rootfs", folder) if options.upgradable else open_database(options.database)
            before = _scan(f"{layout}:latest", database)
            plan = plan_fixes(*before, database)
            for number, step in enumerate(plan.steps, 1):
                print(f"step {number}: {step.owner}, {step.tool}, {len(step.packages)} packages: {step.command[:400]}")
                if step.command:
                    _inside(bundle / "rootfs", step.command, options.pip)
        _run("umoci", "repack", "--image", f"{layout}:mended", str(bundle))
        _, _, after = _scan(f"{layout}:mended", database)
    return _compare(plan, before[2], after)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layout", type=Path)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--upgradable", action="store_true")
    parser.add_argument("--certificates", type=Path, default=Path("/etc/ssl/certs/ca-certificates.crt"))
    parser.add_argument("--pip", default="")
    options = parser.parse_args()
    if options.upgradable == bool(options.database):
        parser.error("give --database or --upgradable")
    return options


def _scan(target: str, database: SqliteDatabase) -> tuple[Image, ImageInventory, tuple[VulnerabilityFinding, ...]]:
    source, reference = open_source(target)
    (image,) = source.images(reference)
    reader = LayerReader(source, Selector(EXTRACTORS), None, Limits(), "plan")
    inventory = fold(image.layers, [reader.read(layer) for layer in image.layers])
    return image, inventory, match(inventory, database).vulnerabilities


def _compare(plan: FixPlan, before: Sequence[VulnerabilityFinding], after: Sequence[VulnerabilityFinding]) -> int:
    was, now = ({finding.vulnerability.id for finding in found} for found in (before, after))
    predicted = {one.id for step in plan.steps for one in step.removes if step.command}
    left = {one.id for one in plan.left}
    print(
        f"before: {len(was)} findings; predicted: {len(predicted)} removed, {len(was - predicted)} left ({len(left)} by"
    )
    print("the plan's own list, the others in steps that no command does)")
    print(f"seen:   {len(was - now)} removed, {len(was & now)} left, {len(now - was)} new")
    for words, ids in (
        ("predicted and still there", predicted & now),
        ("gone and not predicted", was - now - predicted),
        ("new", now - was),
    ):
        print(f"{words}: {', '.join(sorted(ids)) or 'none'}")
    return 1 if predicted & now else 0


def _upgradable(root: Path, folder: Path) -> SqliteDatabase:
    """Return advisories that say: each source is fixed in the version that apt would upgrade one of its packages to."""
    _inside(root, "apt-get update -qq", "")
    told = _inside(root, "apt-get --simulate --quiet upgrade | sed -n 's/^Inst \\([^ ]*\\) .*/\\1/p'", "")
    names = " ".join(told.split())
    shown = _inside(root, f"apt-cache show --no-all-versions {names}" if names else "true", "")
    fixed: dict[str, str] = {}
    for stanza in shown.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line and line[0] != " ")
        if "Package" in fields:
            source, _, version = fields.get("Source", fields["Package"]).partition(" ")
            fixed[source] = version.strip("()") or fields["Version"]
    if not fixed:
        raise SystemExit("apt has nothing to upgrade in this image: take an older one")
    records = [record(f"TEST-{source}", "Debian:12", source, fixed_in(version)) for source, version in fixed.items()]
    return database_of(folder, *records)


@contextmanager
def _chroot(root: Path, certificates: Path) -> Iterator[None]:
    """Let programs in ``root`` use the machine's package sources, and take away again what that needs."""
    beside = root / "run" / "plan"
    beside.mkdir(parents=True)
    shutil.copy(certificates, beside / "ca.crt")
    borrowed = {root / "etc/resolv.conf": Path("/etc/resolv.conf"), root / "etc/hosts": Path("/etc/hosts")}
    if (root / "etc/apt").is_dir():
        borrowed[root / "etc/apt/sources.list.d/debian.sources"] = _SOURCES
        borrowed[root / _KEYRING.relative_to("/")] = _KEYRING
        (root / "etc/apt/apt.conf.d/99plan").write_text(_APT)
    made = [target for target in borrowed if not target.exists()]
    for target, source in borrowed.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        if target in made:
            shutil.copy(source, target)
    _run("mount", "-t", "proc", "proc", str(root / "proc"))
    try:
        yield
    finally:
        _run("umount", str(root / "proc"))
        for target in (*made, root / "etc/apt/apt.conf.d/99plan"):
            target.unlink(missing_ok=True)
        shutil.rmtree(beside)


def _inside(root: Path, command: str, pip: str) -> str:
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LC_ALL": "C",
        "DEBIAN_FRONTEND": "noninteractive",
        "PIP_CERT": "/run/plan/ca.crt",
        **({"PYTHONPATH": "/run/plan/pip"} if pip else {}),
    }
    if pip:
        link = root / "run/plan/pip/pip"
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(pip)
    done = subprocess.run(
        ["chroot", str(root), "sh", "-c", command], check=False, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{command[:300]}\nended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
