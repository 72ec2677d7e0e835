"""apt and dpkg run the command of a fix plan, and a rescan finds what was predicted."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.advisory_files import database_of, fixed_in, record
from tests.integration.fix_plan import carried_out

pytestmark = pytest.mark.integration

STANZA = """Package: {name}
Source: {source}
Version: {version}
Architecture: all
Maintainer: test <test@example.test>
Description: test
{more}"""


def lacking() -> str:
    """Why the machine cannot install Debian packages into a folder; empty where it can."""
    missing = [tool for tool in ("apt-get", "dpkg", "dpkg-deb") if not shutil.which(tool)]
    if missing:
        return f"{', '.join(missing)}: not there"
    return "" if os.geteuid() == 0 else "dpkg changes owners, which needs root"


@dataclass(frozen=True)
class DebianRoot:
    """A root folder with dpkg's own database, and a repository that is all apt may ask."""

    root: Path
    repository: Path
    configuration: Path

    def package(self, name: str, version: str, *, source: str = "", depends: str = "") -> Path:
        """Build a package with one file."""
        tree = self.repository / "trees" / f"{name}-{version}"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "usr/share" / name).mkdir(parents=True)
        (tree / "usr/share" / name / "version").write_text(version)
        more = f"Depends: {depends}\n" if depends else ""
        control = STANZA.format(name=name, source=source or name, version=version, more=more)
        (tree / "DEBIAN/control").write_text(control)
        made = self.repository / f"{name}_{version}_all.deb"
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, made], check=True, capture_output=True)
        return made

    def publish(self, packages: Sequence[Path]) -> None:
        """Write the index of the repository: the control text of each package, and what its file is."""
        index = []
        for path in packages:
            control = subprocess.run(["dpkg-deb", "--field", path], check=True, capture_output=True, text=True).stdout
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            index.append(f"{control}Filename: ./{path.name}\nSize: {path.stat().st_size}\nSHA256: {digest}\n")
        (self.repository / "Packages").write_text("\n".join(index))

    def install(self, *packages: Path) -> None:
        subprocess.run(["dpkg", f"--root={self.root}", "--install", *packages], check=True, capture_output=True)

    def run(self, command: str) -> None:
        """Run a command of the plan; apt's configuration leads it into the root."""
        environment = {**os.environ, "APT_CONFIG": str(self.configuration), "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(["sh", "-e", "-c", command], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@pytest.fixture
def debian_root(tmp_path: Path) -> DebianRoot:
    why = lacking()
    if why:
        pytest.skip(why)
    root, repository = tmp_path / "root", tmp_path / "repository"
    for folder in (
        "var/lib/dpkg/info",
        "var/lib/dpkg/updates",
        "var/lib/apt/lists/partial",
        "var/cache/apt/archives/partial",
        "etc/apt/apt.conf.d",
        "etc/apt/preferences.d",
        "etc/apt/sources.list.d",
        "var/log/apt",
    ):
        (root / folder).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    (root / "etc/apt/sources.list").write_text(f"deb [trusted=yes] file:{repository} ./\n")
    repository.mkdir()
    configuration = tmp_path / "apt.conf"
    configuration.write_text(
        f'Dir "{root}/";\nDir::State::status "{root}/var/lib/dpkg/status";\nDPkg::Options {{ "--root={root}"; }};\n'
        'APT::Sandbox::User "root";\nAcquire::Languages "none";\nAPT::Install-Recommends "false";\n'
    )
    return DebianRoot(root, repository, configuration)


def test_apt_mends_what_the_plan_says(debian_root: DebianRoot, tmp_path: Path) -> None:
    made = debian_root.package
    old = [made("apt", "2.6.1"), made("dash", "0.5.12-2"), made("libalpha1", "1.0-1", source="alpha"),
           made("alpha-bin", "1.0-1", source="alpha", depends="libalpha1 (>= 1.0)"), made("beta", "1.0-1"),
           made("gamma", "1.0-1")]  # fmt: skip
    debian_root.install(*old)
    new = [made("libalpha1", "2.0-1", source="alpha"), made("beta", "2.0-1"), made("gamma", "1.5-1"),
           made("alpha-bin", "2.0-1", source="alpha", depends="libalpha1 (>= 2.0)")]  # fmt: skip
    debian_root.publish(new)
    folder = tmp_path / "advisories"
    folder.mkdir()
    database = database_of(
        folder,
        record("CVE-2026-1", "Debian:12", "alpha", fixed_in("2.0-1")),
        record("CVE-2026-2", "Debian:12", "beta", fixed_in("2.0-1")),
        record("CVE-2026-3", "Debian:12", "gamma", [{"introduced": "0"}]),
    )
    plan, before, after = carried_out(debian_root.root, database, tmp_path, debian_root.run)
    (step,) = plan.steps
    assert step.command.startswith("apt-get update && apt-get satisfy -y ")
    assert {package.name for package in step.packages} == {"libalpha1", "alpha-bin", "beta"}
    assert {one.id for one in step.removes} == {"CVE-2026-1", "CVE-2026-2"}
    assert {one.vulnerability.id for one in before.found} == {"CVE-2026-1", "CVE-2026-2", "CVE-2026-3"}
    assert [one.vulnerability.id for one in after.found] == ["CVE-2026-3"]
    assert (debian_root.root / "usr/share/libalpha1/version").read_text() == "2.0-1"
    # The fix of gamma is not known, so it was not touched.
    assert {one.package.version for one in after.inventory.packages if one.package.name == "gamma"} == {"1.0-1"}
