from __future__ import annotations

import pytest

from pratique.errors import StoreError
from pratique.malware.packs import PackManifest, RulePack, RuleSource
from pratique.malware.rules import load_rules
from pratique.services.publish_rules import PublishRules
from pratique.services.record_change import RecordChange
from pratique.services.rule_sets import RuleSets
from tests.fakes.audit import MemoryAudit
from tests.fakes.clock import FakeClock
from tests.fakes.objects import MemoryObjects

RULE = 'rule acme_tool { strings: $a = "acme tool" condition: $a }'


@pytest.fixture
def audit() -> MemoryAudit:
    return MemoryAudit()


@pytest.fixture
def publish(audit: MemoryAudit) -> PublishRules:
    made = PublishRules(RuleSets(MemoryObjects()), FakeClock(), RecordChange(audit, FakeClock()))
    made.sets.upload(RulePack(PackManifest("acme"), (RuleSource("a.yar", RULE),)))
    return made


def test_set_that_is_made_is_recorded_once(publish: PublishRules, audit: MemoryAudit) -> None:
    made, again = publish(), publish()
    assert (made.made, again.made, again.revision) == (True, False, made.revision)
    (record,) = audit.kept
    assert (record.by, record.action, record.about) == ("pratique", "rules published", "rules/current.json")
    assert record.before is not None
    assert record.after is not None
    assert (record.before["revision"], record.after["revision"]) == (load_rules().revision, made.revision)


def test_set_that_cannot_be_recorded_is_not_used(publish: PublishRules, audit: MemoryAudit) -> None:
    audit.failures = 1
    with pytest.raises(StoreError, match="audit list"):
        publish()
    assert publish.sets.current() is None
    assert publish().made is True
    assert [record.action for record in audit.kept] == ["rules published"]
    assert publish.sets.current() is not None


def test_starter_set_alone_is_no_change(audit: MemoryAudit) -> None:
    publish = PublishRules(RuleSets(MemoryObjects()), FakeClock(), RecordChange(audit, FakeClock()))
    assert publish().made is False
    assert audit.kept == []
