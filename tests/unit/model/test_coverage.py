from __future__ import annotations

from pratique.model.coverage import Reason, ReasonCode, ScanStatus, status_of
from tests.finding_builder import coverage


def test_a_slow_rule_is_told_and_leaves_nothing_out() -> None:
    assert status_of(coverage(Reason(ReasonCode.RULE_SLOW, "rule a/b took 2.0 s"))) is ScanStatus.COMPLETE
    assert status_of(coverage(Reason(ReasonCode.RULE_TIMED_OUT, "rule a/b"))) is ScanStatus.PARTIAL
