"""The parsers of hostile bytes, in one explicit tuple."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections import deque
from collections.abc import Callable, Iterable

import zstandard

from pratique.adapters.image_manifest import ImageManifest, StoredManifest, parse_image, parse_manifest
from pratique.advisories.amazon import is_security, read_update
from pratique.advisories.kev import read_catalogue
from pratique.advisories.osv import read_record
from pratique.advisories.updateinfo import read_updates
from pratique.archive.inflate import Inflater
from pratique.archive.limits import Limits
from pratique.archive.tar import TarWalker
from pratique.errors import (
    ArchiveError,
    ExtractorError,
    FeedError,
    InvalidValue,
    InvalidVersion,
    RegistryError,
    RulesError,
    StoreError,
)
from pratique.inventory.extractor import Extractor
from pratique.inventory.extractors import EXTRACTORS, LOCK_FILE_EXTRACTORS
from pratique.inventory.report_codec import decode, encode
from pratique.malware.rule_text import split_source
from pratique.model.digest import Digest
from pratique.model.reference import parse_reference
from pratique.services.query.page import CursorSigner
from pratique.versions import compare
from pratique.versions.schemes import SCHEMES
from tests.fuzz.target import FuzzTarget
from tests.image_builder import Entry, layer_tar
from tests.layer_reading import read_blob, read_files
from tests.property.format_samples import SAMPLES, sample_path

_LIMITS = Limits(
    layer_compressed_bytes=1 << 20,
    layer_expanded_bytes=16 << 20,
    ratio_free_bytes=1 << 20,
    entries=10_000,
    file_bytes=1 << 20,
)
_DIGEST = Digest(f"sha256:{'0' * 64}")
_TAR = layer_tar({"usr/bin/a": b"\x7fELF" * 200, "etc/os-release": b"ID=debian\n", "x": Entry(kind=tarfile.SYMTYPE)})
_LONG = layer_tar({f"{'d' * 90}/{'e' * 90}": b"a", "a/.wh.b": b"", "a/.wh..wh..opq": b""})
_CURSORS = CursorSigner(lambda: b"a key that signs cursors")


def _drain(items: Iterable[object]) -> None:
    deque(items, maxlen=0)


def _extractor(extractor: Extractor) -> FuzzTarget:
    path = sample_path(extractor)
    return FuzzTarget(
        f"extract_{extractor.name}",
        lambda body: extractor.extract(path, body),
        (ExtractorError,),
        SAMPLES[extractor.name],
    )


def _walk(body: bytes) -> None:
    walker = TarWalker((body[at : at + 700] for at in range(0, len(body), 700)), _LIMITS)
    for entry in walker:
        if entry.size < _LIMITS.file_bytes:
            walker.body()


def _layer(body: bytes) -> None:
    report = read_blob(body, body, limits=_LIMITS)
    assert decode(encode(report)) == report


def _config(body: bytes) -> None:
    manifest = parse_manifest(_manifest(json.dumps(_MANIFEST).encode()))
    assert isinstance(manifest, ImageManifest)
    parse_image("a", _DIGEST, manifest, body)


def _manifest(body: bytes) -> StoredManifest:
    return StoredManifest(body, _DIGEST)


def _updates(body: bytes) -> None:
    for update in read_updates(io.BytesIO(gzip.compress(body, 1)), name="updateinfo"):
        if is_security(update):
            read_update(update, source="amazon", ecosystem="Amazon Linux:2")


def _versions(body: bytes) -> None:
    left, _, right = body.decode("utf-8", "replace").partition("\n")
    for scheme in SCHEMES:
        try:
            forward = compare(scheme, left, right)
        except InvalidVersion:
            continue
        backward = compare(scheme, right, left)
        assert (forward > 0, forward < 0) == (backward < 0, backward > 0), scheme


def _text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda body: parse(body.decode("utf-8", "replace"))


_OSV = {
    "id": "CVE-2024-1",
    "aliases": ["GHSA-1"],
    "modified": "2024-01-01T00:00:00Z",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "a"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}],
            "versions": ["1.0"],
        }
    ],
}
_UPDATE = b"""<updates><update type="security"><id>ALAS2-2024-1</id><severity>important</severity>
<references><reference href="https://example.test" id="CVE-2024-1" type="cve"/></references><pkglist><collection>
<package arch="x86_64" epoch="0" name="a" release="1.amzn2" version="1"/></collection></pkglist></update></updates>"""
_MANIFEST = {
    "schemaVersion": 2,
    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": _DIGEST, "size": 2},
    "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": _DIGEST, "size": 3}],
}
_INDEX = {
    "schemaVersion": 2,
    "manifests": [{"digest": _DIGEST, "size": 2, "platform": {"os": "linux", "architecture": "arm64"}}],
}
_CONFIG = {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [_DIGEST]}, "history": [{}]}
_KEV = {"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2024-1", "dateAdded": "2024-01-01"}]}

TARGETS: tuple[FuzzTarget, ...] = (
    FuzzTarget("tar", _walk, (ArchiveError,), (_TAR, _LONG)),
    FuzzTarget(
        "inflate",
        lambda body: _drain(Inflater(io.BytesIO(body[1:]), _LIMITS, to_the_last=body[:1] < b"\x80")),
        (ArchiveError,),
        (
            b"\0" + gzip.compress(_TAR, mtime=0),
            b"\xff" + gzip.compress(_TAR, mtime=0),
            b"\0" + zstandard.compress(_TAR),
        ),
    ),
    FuzzTarget("layer", _layer, (ArchiveError,), (_TAR, _LONG)),
    FuzzTarget("layer_report", decode, (StoreError,), (encode(read_files({"a": b"b"})),)),
    *(_extractor(extractor) for extractor in (*EXTRACTORS, *LOCK_FILE_EXTRACTORS)),
    FuzzTarget(
        "image_manifest",
        lambda body: parse_manifest(_manifest(body)),
        (RegistryError,),
        (json.dumps(_MANIFEST).encode(), json.dumps(_INDEX).encode()),
    ),
    FuzzTarget("image_config", _config, (RegistryError,), (json.dumps(_CONFIG).encode(),)),
    FuzzTarget("image_reference", _text(parse_reference), (InvalidValue,), (b"registry.example.test/a/b:1.0",)),
    FuzzTarget("osv", lambda body: read_record(body, source="osv/PyPI"), (FeedError,), (json.dumps(_OSV).encode(),)),
    FuzzTarget("updateinfo", _updates, (FeedError,), (_UPDATE,)),
    FuzzTarget("kev", read_catalogue, (FeedError,), (json.dumps(_KEV).encode(),)),
    FuzzTarget("versions", _versions, (), (b"1:2.0~rc1-3\n1.0.0-alpha.1+build", b"v1.2.3\n[1.0]")),
    FuzzTarget(
        "cursor",
        _text(lambda text: _CURSORS.open("list", text)),
        (InvalidValue,),
        (_CURSORS.seal("list", "a").encode(),),
    ),
    FuzzTarget("rule_text", _text(split_source), (RulesError,), (b'rule a { strings: $a = "b" condition: $a }',)),
)


def target_named(name: str) -> FuzzTarget:
    """Return the target of this name; raises LookupError naming all where there is none."""
    for target in TARGETS:
        if target.name == name:
            return target
    raise LookupError(f"there is no target {name!r}; there is {', '.join(one.name for one in TARGETS)}")
