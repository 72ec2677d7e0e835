"""The split by kind of file finds on real rules and real files what the unsplit rules find."""

from __future__ import annotations

import sysconfig
from collections.abc import Sequence
from pathlib import Path

from pratique.malware.packs import RulePack, read_pack
from pratique.malware.rule_compiler import compile_sources
from pratique.malware.rule_text import StringKind, StringText, split_source, text_bytes
from pratique.malware.rules import compile_packs
from tests.file_scanning import routed_matches
from tests.look_alikes import look_alikes
from tests.shared_data import shared


def subset() -> list[RulePack]:
    names = shared("feeds", "yara", "linux-webshell-subset.txt").read_text().split()
    folder = shared("feeds", "yara")
    return [read_pack(folder / name) for name in names if (folder / name).is_file()]


def test_routed_public_rules_equal_unsplit_ones() -> None:
    packs = subset()
    sources = [(f"{index}", source.text) for index, pack in enumerate(packs) for source in pack.sources]
    whole = compile_sources(sources)
    names = [rule.identifier for rule in whole]
    assert [rule.name for _, text in sources for rule in split_source(text)[1]] == names
    routed = compile_packs(packs)
    bodies = [sample.body for sample in look_alikes()]
    bodies += [b"MZ" + body for body in bodies]
    bodies += [path.read_bytes() for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))[:100]]
    bodies += [path.read_bytes()[:300_000] for path in sorted(Path("/usr/bin").glob("[a-f]*"))[:60] if path.is_file()]
    for body in bodies:
        assert sorted(routed_matches(routed, "a", body)) == sorted(match.rule for match in whole.match(data=body))


def test_rules_find_the_texts_that_they_look_for_through_every_gate() -> None:
    """Files made of the rules' own texts, which ordinary files do not hold, fire many rules on either way."""
    packs = subset()
    whole = compile_sources([(str(index), source.text) for index, pack in enumerate(packs) for source in pack.sources])
    routed = compile_packs(packs)
    seen: set[str] = set()
    for pack in packs:
        for source in pack.sources:
            _, rules = split_source(source.text)
            for first in range(0, len(rules), 20):
                texts = [text for rule in rules[first : first + 20] for text in _plain(rule.strings)]
                for head in (b"", b"\x7fELF", b"MZ", b"<?php "):
                    body = head + b"\n".join(texts)
                    found = sorted(match.rule for match in whole.match(data=body))
                    assert sorted(routed_matches(routed, "a", body)) == found
                    seen.update(found)
    assert len(seen) > 800


def _plain(strings: Sequence[StringText]) -> list[bytes]:
    return [text_bytes(string) for string in strings if string.kind is StringKind.TEXT]
