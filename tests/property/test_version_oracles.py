"""dpkg and rpm themselves order what is generated, in one process a batch."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pratique.errors import InvalidVersion
from pratique.versions import compare
from tests.property.version_strategies import version_texts

_BATCH = 60
_EXAMPLES = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
_Pairs = list[tuple[str, str]]


def _native(tool: str) -> str:
    path = shutil.which(tool)
    if path is None:
        pytest.skip(f"no {tool} on this machine to ask")
    return path


def _pairs(scheme: str) -> st.SearchStrategy[_Pairs]:
    texts = version_texts(scheme)
    near = st.builds(lambda text, tail: (text, text + tail), texts, texts)
    return st.lists(st.one_of(st.tuples(texts, texts), near), min_size=_BATCH, max_size=_BATCH)


def _comparable(scheme: str, pairs: _Pairs) -> list[tuple[str, str, int]]:
    """Return the pairs that both have a place, with our order."""
    ours = []
    for left, right in pairs:
        try:
            ours.append((left, right, compare(scheme, left, right)))
        except InvalidVersion:
            continue
    return ours


@_EXAMPLES
@given(pairs=_pairs("deb"))
def test_deb_order_is_dpkgs(pairs: _Pairs) -> None:
    dpkg = _native("dpkg")
    ours = _comparable("deb", pairs)
    script = """while read -r a b; do for op in lt eq gt; do
        "$0" --compare-versions "$a" $op "$b" 2>/dev/null && echo $op
    done; done; true"""
    lines = "".join(f"{left} {right}\n" for left, right, _order in ours)
    answer = subprocess.run(["sh", "-c", script, dpkg], input=lines, capture_output=True, text=True, check=True)
    words = {-1: "lt", 0: "eq", 1: "gt"}
    assert answer.stdout.split() == [words[order] for *_texts, order in ours]


@_EXAMPLES
@given(pairs=_pairs("deb"))
def test_deb_refuses_only_what_dpkg_refuses_or_warns_of(pairs: _Pairs) -> None:
    dpkg = _native("dpkg")
    texts = sorted({text for pair in pairs for text in pair if _is_refused("deb", text)})
    script = 'while read -r a; do "$0" --validate-version "$a" >/dev/null 2>&1 && echo "$a"; done; true'
    lines = "".join(f"{text}\n" for text in texts)
    answer = subprocess.run(["sh", "-c", script, dpkg], input=lines, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []


def _is_refused(scheme: str, text: str) -> bool:
    return not _comparable(scheme, [(text, text)])


def _lua(text: str) -> str:
    return '"' + "".join(f"\\{byte:03d}" for byte in text.encode()) + '"'


@_EXAMPLES
@given(pairs=_pairs("rpm"))
def test_rpm_order_of_versions_is_rpms(pairs: _Pairs) -> None:
    """`rpm.vercmp` of rpm 4.16 and later compares whole texts with epoch, version and release."""
    rpm = _native("rpm")
    ours = _comparable("rpm", pairs)
    calls = " ".join(f"print(rpm.vercmp({_lua(left)},{_lua(right)}), ' ')" for left, right, _order in ours)
    answer = subprocess.run([rpm, "--eval", f"%{{lua:{calls}}}"], capture_output=True, text=True, check=True)
    assert [int(word) for word in answer.stdout.split()] == [order for *_texts, order in ours]
