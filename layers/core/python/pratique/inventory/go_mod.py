"""``go.mod``: https://go.dev/ref/mod#go-mod-file."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

_REQUIREMENT = 2


def parse_go_mod(body: bytes) -> Iterator[Package]:
    """Yield the required modules, replaced ones as their replacement, and ``stdlib`` where a toolchain is named.

    The ``go`` line states the oldest compiler allowed, not the one used.  Raises ExtractorError where no ``module`` is
    declared.
    """
    required: dict[str, str] = {}
    replaced: dict[tuple[str, str], tuple[str, str]] = {}
    declared = False
    for words in _directives(body.decode("utf-8", "replace")):
        verb, *rest = words
        declared = declared or verb == "module"
        if verb == "require" and len(rest) >= _REQUIREMENT:
            required[rest[0]] = rest[1]
        elif verb == "replace" and "=>" in rest:
            arrow = rest.index("=>")
            old, new = rest[:arrow], rest[arrow + 1 :]
            if old and len(new) == _REQUIREMENT:
                replaced[old[0], old[1] if len(old) > 1 else ""] = (new[0], new[1])
        elif verb == "toolchain" and rest and rest[0].startswith("go"):
            yield Package(PackageType.GOLANG, "stdlib", rest[0].removeprefix("go"))
    if not declared:
        raise ExtractorError("a go.mod declares no module")
    for name, version in required.items():
        new_name, new_version = replaced.get((name, version)) or replaced.get((name, "")) or (name, version)
        yield Package(PackageType.GOLANG, new_name, new_version)


def _directives(text: str) -> Iterator[list[str]]:
    """Yield every directive as its words, those of a block each with the block's verb."""
    block = ""
    for line in text.splitlines():
        words = [word.strip('"`') for word in line.partition("//")[0].split()]
        if not words:
            continue
        if block and words[0] == ")":
            block = ""
        elif block:
            yield [block, *words]
        elif words[-1] == "(":
            block = words[0]
        else:
            yield words


GO_MOD = FormatExtractor(
    name="go_mod",
    version=1,
    paths=PathPatterns(basenames=frozenset({"go.mod"})),
    parse=lambda _path, body: Parsed.of(parse_go_mod(body)),
    max_bytes=16 << 20,
)
