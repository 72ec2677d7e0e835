"""Bundles of rules are used as they were stored, or not at all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from pratique.errors import RulesError
from pratique.malware.packs import PackManifest, RulePack, RuleSource
from pratique.services.publish_rules import PublishRules, rules_in_use
from pratique.services.record_change import RecordChange
from pratique.services.rule_sets import RuleSets
from tests.fakes.audit import MemoryAudit
from tests.fakes.clock import FakeClock
from tests.fakes.objects import MemoryObjects

CHANGES: tuple[Callable[[bytes], bytes], ...] = (
    lambda body: body[:-1],
    lambda body: body + b"\0",
    lambda body: bytes([body[0] ^ 1]) + body[1:],
)
RULE = 'rule acme_tool { strings: $a = "acme tool" condition: $a }'


@pytest.fixture(scope="module")
def published() -> tuple[MemoryObjects, str]:
    objects = MemoryObjects()
    RuleSets(objects).upload(RulePack(PackManifest("acme"), (RuleSource("a.yar", RULE),)))
    return objects, PublishRules(RuleSets(objects), FakeClock(), RecordChange(MemoryAudit(), FakeClock()))().revision


def copy(objects: MemoryObjects) -> MemoryObjects:
    other = MemoryObjects()
    for key in objects.keys(""):
        other.put(key, objects.get(key) or b"")
    return other


def stored(objects: MemoryObjects, revision: str) -> list[str]:
    names = [key.removeprefix(f"rules/{revision}/") for key in objects.keys(f"rules/{revision}/")]
    return [name for name in names if name == "packs.json.zst" or name.startswith("compiled/")]


def test_set_is_loaded_as_it_was_compiled(
    published: tuple[MemoryObjects, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    objects, revision = published
    with caplog.at_level(logging.INFO):
        compiled, _ = rules_in_use(RuleSets(objects), revision, tmp_path)
    assert compiled.revision == revision
    assert "compiled rules do not fit" not in caplog.text


def test_every_changed_or_lost_file_of_a_set_is_refused(published: tuple[MemoryObjects, str], tmp_path: Path) -> None:
    objects, revision = published
    names = stored(objects, revision)
    assert len(names) > 2
    for number, name in enumerate(names):
        for change in CHANGES:
            damaged = copy(objects)
            body = damaged.get(f"rules/{revision}/{name}")
            assert body
            damaged.put(f"rules/{revision}/{name}", change(body))
            with pytest.raises(RulesError):
                rules_in_use(RuleSets(damaged), revision, tmp_path / f"{number}")
            assert not (tmp_path / f"{number}" / revision).exists()


def test_set_without_digests_is_compiled_from_its_sources(published: tuple[MemoryObjects, str], tmp_path: Path) -> None:
    objects, revision = published
    older = copy(objects)
    older.delete([f"rules/{revision}/sha256.json"])
    compiled, _ = rules_in_use(RuleSets(older), revision, tmp_path)
    assert compiled.revision == revision
    assert not list((tmp_path / revision).glob("*"))
