"""Zip archives made for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping


def zip_of(files: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of ``files``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return stream.getvalue()


def pom(group: str, artifact: str, version: str) -> dict[str, bytes]:
    """Return the pom.properties of one artifact under the path that Maven gives it."""
    text = f"#Generated\nversion={version}\ngroupId={group}\nartifactId={artifact}\n"
    return {f"META-INF/maven/{group}/{artifact}/pom.properties": text.encode()}
