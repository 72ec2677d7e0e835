"""The split by kind of file finds on real rules and real files what the unsplit rules find."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from pratique.malware.packs import RulePack, read_pack
from pratique.malware.routes import Route, route_of
from pratique.malware.rule_compiler import compile_route, compile_sources
from pratique.malware.rule_text import split_source
from tests.look_alikes import look_alikes
from tests.shared_data import shared


def subset() -> list[RulePack]:
    names = shared("feeds", "yara", "linux-webshell-subset.txt").read_text().split()
    folder = shared("feeds", "yara")
    return [read_pack(folder / name) for name in names if (folder / name).is_file()]


def test_routed_public_rules_equal_unsplit_ones() -> None:
    sources = [(f"{index}", source.text) for index, pack in enumerate(subset()) for source in pack.sources]
    whole = compile_sources(sources)
    names = [rule.identifier for rule in whole]
    assert [rule.name for _, text in sources for rule in split_source(text)[1]] == names
    routes = {route: compile_route(sources, route) for route in Route}
    bodies = [sample.body for sample in look_alikes()]
    bodies += [b"MZ" + body for body in bodies]
    bodies += [path.read_bytes() for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))[:100]]
    bodies += [path.read_bytes()[:300_000] for path in sorted(Path("/usr/bin").glob("[a-f]*"))[:60] if path.is_file()]
    for body in bodies:
        found = {(match.namespace, match.rule) for match in routes[route_of(body)].match(data=body)}
        assert found == {(match.namespace, match.rule) for match in whole.match(data=body)}
