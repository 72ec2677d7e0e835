"""Single files through the malware detectors."""

from __future__ import annotations

from pratique.malware.matcher import RuleMatcher
from pratique.malware.rules import CompiledRules
from pratique.malware.scanner import RuleScanner
from pratique.model.coverage import ReasonCode
from pratique.model.sample import Detector, FileMatch
from pratique.ports.file_scanner import FileScan, FileScanner, OfferedFile


def scan_one(scanner: FileScanner, path: str, body: bytes, *, mode: int = 0o644) -> FileScan:
    """Return what was found in one file."""
    (scan,) = scanner.scan([OfferedFile(path, mode, body)])
    return scan


def match_of(scanner: FileScanner, path: str, body: bytes, *, mode: int = 0o644) -> FileMatch | None:
    """Return what was found in one file itself, None where nothing was; nothing may go wrong."""
    scan = scan_one(scanner, path, body, mode=mode)
    assert scan.reasons == ()
    return next((match for match in scan.matches if not match.member), None)


def routed_matches(compiled: CompiledRules, path: str, body: bytes) -> list[str]:
    """Return the names of the rules that fire on one file by way of routes and units, in this process."""
    scan = scan_one(RuleScanner(compiled, matcher=RuleMatcher(compiled)), path, body)
    assert not {code for code, _ in scan.reasons} & {ReasonCode.RULE_TIMED_OUT, ReasonCode.MALWARE_NOT_SCANNED}
    rules = [rule for match in scan.matches if not match.member for rule in match.rules]
    return [rule.rule for rule in rules if rule.detector is Detector.RULE]
