"""pip's requirements files: the requirements that are pinned to one version.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

_PIN = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?={2,3}\s*(?P<version>[\w.!+-]+)\s*\)?\s*(?:$|[;#\s])"
)
_NAMES = (
    "requirements",
    "requirements-dev",
    "requirements_dev",
    "dev-requirements",
    "requirements-test",
    "test-requirements",
    "requirements-prod",
    "requirements-base",
    "requirements.lock",
    "constraints",
)


def parse_requirements(body: bytes) -> Iterator[Package]:
    """Yield what is pinned with ``==``; ranges and wildcards say nothing of what is installed."""
    if b"\0" in body:
        raise ExtractorError("a requirements file holds NUL bytes")
    for line in body.decode("utf-8", "replace").replace("\\\n", " ").replace("\\\r\n", " ").splitlines():
        match = _PIN.match(line.strip())
        if match:
            yield Package(PackageType.PYPI, match["name"], match["version"])


REQUIREMENTS_TXT = FormatExtractor(
    name="requirements_txt",
    version=1,
    paths=PathPatterns(basenames=frozenset(f"{name}.txt" for name in _NAMES)),
    parse=lambda _path, body: Parsed.of(parse_requirements(body)),
    max_bytes=16 << 20,
)
