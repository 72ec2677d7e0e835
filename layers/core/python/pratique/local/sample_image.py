"""The sample image of ``make run``: small, made here, with old packages and one harmless test virus.

The versions are old on purpose, so that the starter advisories find something; nothing in it can be run.
"""

from __future__ import annotations

from pathlib import Path

from pratique.local.image_writer import LayerFiles, write_layout
from pratique.model.digest import Digest

REPOSITORY = "demo/shop"
TAG = "1.0"

_OS_RELEASE = b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'

_SYSTEM = (
    ("base-files", "12.4+deb12u5", ""),
    ("libc6", "2.36-9+deb12u4", "glibc"),
    ("libssl3", "3.0.11-1~deb12u2", "openssl"),
    ("liblzma5", "5.4.1-0.2", "xz-utils"),
    ("zlib1g", "1:1.2.13.dfsg-1", "zlib"),
    ("curl", "7.88.1-10+deb12u4", ""),
    ("libcurl4", "7.88.1-10+deb12u4", "curl"),
)

_PYTHON = (("Django", "3.2.0"), ("Jinja2", "2.10"), ("requests", "2.19.1"), ("PyYAML", "5.1"), ("urllib3", "1.24"))
_UPGRADED = ("Jinja2", "3.1.6")
_NPM = (("lodash", "4.17.11"), ("minimist", "1.2.0"), ("axios", "0.18.0"))

_SITE = "usr/local/lib/python3.11/site-packages"
_EICAR_HALVES = (rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STAND", rb"ARD-ANTIVIRUS-TEST-FILE!$H+H*")
"""The test string of https://www.eicar.org/download-anti-malware-testfile/ in two parts, so that this source file is
not itself a sample."""


def write_sample_image(folder: Path) -> Digest:
    """Write the sample image as an OCI layout; three layers, the last upgrading one package and removing another."""
    base = LayerFiles(
        {"etc/os-release": _OS_RELEASE, "var/lib/dpkg/status": _dpkg_status()},
        "ADD rootfs.tar.xz / # debian 12",
    )
    application = LayerFiles(
        {
            **{path: body for name, version in _PYTHON for path, body in _dist_info(name, version).items()},
            **{path: body for name, version in _NPM for path, body in _npm(name, version).items()},
            "srv/uploads/invoice.com": b"".join(_EICAR_HALVES),
        },
        "RUN pip install -r requirements.txt && npm ci",
        frozenset({"srv/uploads/invoice.com"}),
    )
    name, version = _UPGRADED
    upgrade = LayerFiles(
        {
            f"{_SITE}/.wh.Jinja2-2.10.dist-info": b"",
            **_dist_info(name, version),
            "srv/shop/node_modules/.wh.minimist": b"",
        },
        "RUN pip install --upgrade jinja2 && npm uninstall minimist",
    )
    return write_layout(folder, (base, application, upgrade), tag=TAG)


def _dpkg_status() -> bytes:
    stanzas = []
    for name, version, source in _SYSTEM:
        lines = [f"Package: {name}", "Status: install ok installed", "Architecture: amd64"]
        if source:
            lines.append(f"Source: {source}")
        stanzas.append("\n".join([*lines, f"Version: {version}", "Description: sample", ""]))
    return "\n".join(stanzas).encode()


def _dist_info(name: str, version: str) -> dict[str, bytes]:
    body = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n"
    return {f"{_SITE}/{name}-{version}.dist-info/METADATA": body.encode()}


def _npm(name: str, version: str) -> dict[str, bytes]:
    return {f"srv/shop/node_modules/{name}/package.json": f'{{"name": "{name}", "version": "{version}"}}'.encode()}
