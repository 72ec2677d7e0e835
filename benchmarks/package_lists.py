"""What pratique, syft and trivy list from an image, as comparable pairs, and what each run took.

Every tool is its own process.  Its packages are read from the package URLs of its own output, so that all are
compared by the same names: https://github.com/package-url/purl-spec
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from packageurl import PackageURL

from benchmarks.measurement import Usage, run_process

Pair = tuple[str, str, str]
"""Type, name and version of a package, each as package URLs write it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What one tool said of one image, pairs with the places they were read from, and what the run took."""

    pairs: dict[Pair, tuple[str, ...]]
    usage: Usage


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: its command for an image folder, an output file and a scratch folder, and its packages."""

    name: str
    command: Callable[[Path, Path, Path], list[str]]
    packages: Callable[[object], Iterator[tuple[str, str]]]


def listing(tool: Tool, image: Path) -> Listing:
    """Run ``tool`` on the OCI layout folder ``image``; raises RuntimeError where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        output = scratch / "packages.json"
        command = tool.command(image, output, scratch)
        usage = run_process(command, {"SYFT_CHECK_FOR_APP_UPDATE": "false"})
        document = json.loads(output.read_bytes())
    places: dict[Pair, dict[str, None]] = {}
    for purl, place in tool.packages(document):
        places.setdefault(pair_of(purl), {})[place] = None
    pairs = {pair: tuple(of_pair) for pair, of_pair in places.items()}
    return Listing(pairs, usage)


def pair_of(purl: str) -> Pair:
    """Return the pair of a package URL, with the spellings that tools differ in made one.

    Python names as PEP 503 normalises them; epochs in the version, an epoch of 0 left out; Go versions with no
    leading ``v`` or ``go``; no version is ``UNKNOWN``.
    """
    parsed = PackageURL.from_string(purl)
    namespace = parsed.namespace or ""
    version = parsed.version or "UNKNOWN"
    name = parsed.name
    if parsed.type == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    elif parsed.type == "maven":
        name = f"{namespace}:{name}"
    elif parsed.type == "golang":
        version = re.sub(r"^(?:v|go)(?=\d)", "", version)
    elif namespace and parsed.type not in ("deb", "apk", "rpm"):
        name = f"{namespace}/{name}"
    epoch = dict(parsed.qualifiers).get("epoch", "0")
    version = version if epoch == "0" or ":" in version else f"{epoch}:{version}"
    return parsed.type, name, version.removeprefix("0:")


def _of_pratique(document: object) -> Iterator[tuple[str, str]]:
    for package in _mappings(document, "packages"):
        for location in _mappings(package, "locations"):
            yield str(package["purl"]), str(location["path"])


def _of_syft(document: object) -> Iterator[tuple[str, str]]:
    for package in _mappings(document, "artifacts"):
        locations = [str(location["path"]) for location in _mappings(package, "locations")]
        if package["purl"]:
            yield str(package["purl"]), locations[0] if locations else ""
        else:
            # A binary that it knows by its text and has no package URL for
            yield f"pkg:generic/{package['name']}@{package['version']}", locations[0] if locations else ""


def _of_trivy(document: object) -> Iterator[tuple[str, str]]:
    for component in _mappings(document, "components"):
        if "purl" in component:
            found = {str(one["name"]): str(one["value"]) for one in _mappings(component, "properties")}
            yield str(component["purl"]), found.get("aquasecurity:trivy:FilePath", "")


def _mappings(document: object, key: str) -> list[dict[str, object]]:
    found = document.get(key) if isinstance(document, dict) else None
    return found or []


def _offline() -> list[str]:
    """Return what keeps a peer from the network, where this machine lets one do that."""
    return ["unshare", "-n"] if os.geteuid() == 0 and shutil.which("unshare") else []


def _pratique(image: Path, output: Path, _scratch: Path) -> list[str]:
    command = Path(sys.executable).with_name("pratique")
    return [str(command), "inventory", str(image), "--no-cache", "--format", "json", "--output", str(output)]


OWN = Tool("pratique", _pratique, _of_pratique)
"""Ourselves, the executable beside this Python."""


def _syft(folder: Path) -> Callable[[Path, Path, Path], list[str]]:
    return lambda image, output, _scratch: [
        *_offline(), str(folder / "syft"), "scan", f"oci-dir:{image}", "-q", "-o", f"syft-json={output}",
    ]  # fmt: skip


def _trivy(folder: Path) -> Callable[[Path, Path, Path], list[str]]:
    def command(image: Path, output: Path, scratch: Path) -> list[str]:
        # It keeps layers by digest: a cache of its own for every run, with the Java database that it insists on.
        cache = shutil.copytree(folder / "javadb", scratch / "cache")
        return [
            *_offline(), str(folder / "trivy"), "image", "--input", str(image), "--offline-scan", "--skip-db-update",
            "--skip-java-db-update", "--format", "cyclonedx", "--output", str(output), "--quiet",
            "--cache-dir", str(cache),
        ]  # fmt: skip

    return command


def tools(peers: Path | None) -> Sequence[Tool]:
    """Return pratique and those peers that ``peers`` holds; prints why one is left out."""
    found = [OWN]
    if peers is None:
        print("syft and trivy are left out: no --peers folder given")
        return found
    for tool in (Tool("syft", _syft(peers), _of_syft), Tool("trivy", _trivy(peers), _of_trivy)):
        if (peers / tool.name).is_file():
            found.append(tool)
        else:
            print(f"{tool.name} is left out: {peers / tool.name} is not there")
    return found
