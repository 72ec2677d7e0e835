from __future__ import annotations

import json
from typing import Any

import pytest

from pratique.advisories.osv import MAX_DETAILS, OsvAdvisory, read_record
from pratique.errors import FeedError
from pratique.model.advisory import FixState, Interval
from pratique.model.severity import Severity
from tests.advisory_files import fixed_in, record


def _read(item: dict[str, Any], ecosystems: frozenset[str] | None = None) -> OsvAdvisory:
    return read_record(json.dumps(item).encode(), source="osv/test", ecosystems=ecosystems)


def test_record_of_a_fixed_flaw_makes_one_statement() -> None:
    read = _read(
        record(
            "PYSEC-2021-1",
            "PyPI",
            "Foo.Bar_baz",
            fixed_in("1.2"),
            aliases=["CVE-2021-1"],
            summary="s",
            severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        )
    )
    (statement,) = read.statements
    assert (statement.ecosystem, statement.name) == ("PyPI", "foo-bar-baz")
    assert statement.intervals == (Interval("", "1.2"),)
    assert statement.fix_state is FixState.FIXED
    (rating,) = read.advisory.ratings
    assert (rating.source, rating.severity, rating.score) == ("pypa", Severity.CRITICAL, 9.8)
    assert read.advisory.aliases == ("CVE-2021-1",)


@pytest.mark.parametrize(
    ("events", "intervals"),
    [
        ([{"fixed": "2.0"}, {"introduced": "1.0"}], (Interval("1.0", "2.0"),)),
        ([{"introduced": "0"}, {"last_affected": "3.1"}], (Interval("", "", "3.1"),)),
        ([{"introduced": "4.0"}], (Interval("4.0"),)),
        (
            [{"introduced": "0"}, {"fixed": "1.9"}, {"introduced": "2.0"}, {"fixed": "2.3"}],
            (Interval("", "1.9"), Interval("2.0", "2.3")),
        ),
        # https://ossf.github.io/osv-schema/#evaluation sorts the events: the first end closes the interval.
        ([{"introduced": "0"}, {"fixed": "2.10"}, {"fixed": "2.9"}], (Interval("", "2.9"),)),
        (
            [{"introduced": "2.0"}, {"fixed": "2.10"}, {"introduced": "0"}, {"fixed": "1.9"}],
            (Interval("", "1.9"), Interval("2.0", "2.10")),
        ),
    ],
)
def test_events_become_intervals_in_version_order(
    events: list[dict[str, str]], intervals: tuple[Interval, ...]
) -> None:
    (statement,) = _read(record("X-1", "PyPI", "p", events)).statements
    assert statement.intervals == intervals


def test_git_ranges_are_counted_and_make_no_statement() -> None:
    item = record("X-1", "PyPI", "p")
    item["affected"][0]["ranges"] = [{"type": "GIT", "repo": "r", "events": [{"introduced": "0"}]}]
    read = _read(item)
    assert read.statements == ()
    assert read.git_ranges == 1


def test_listed_versions_alone_make_a_statement() -> None:
    item = record("X-1", "PyPI", "p")
    item["affected"][0].update({"ranges": [], "versions": ["1.0", "1.1"]})
    (statement,) = _read(item).statements
    assert statement.versions == ("1.0", "1.1")
    assert statement.fix_state is FixState.UNKNOWN


def test_statements_about_other_ecosystems_are_left_to_their_own_files() -> None:
    item = record("CVE-1", "npm", "p", fixed_in("1"))
    item["affected"].append({"package": {"ecosystem": "Maven", "name": "a:b"}, "versions": ["1"]})
    assert [statement.ecosystem for statement in _read(item, frozenset({"npm"})).statements] == ["npm"]


def test_almalinux_advisory_names_its_flaws_and_module_stream() -> None:
    read = _read(
        record(
            "ALSA-2024:0001",
            "AlmaLinux:8",
            "nodejs",
            fixed_in("1:18.19.0-1.module_el8.9.0+3700+aaaa"),
            summary="Important: nodejs:18 security update",
            related=["CVE-2024-1", "CVE-2024-2"],
        )
    )
    assert read.advisory.upstream == ("CVE-2024-1", "CVE-2024-2")
    assert read.statements[0].module == "nodejs:18"
    assert [(rating.source, rating.severity) for rating in read.advisory.ratings] == [("almalinux", Severity.HIGH)]


def test_ubuntu_record_keeps_status_and_both_ratings() -> None:
    item = record(
        "UBUNTU-CVE-2020-1",
        "Ubuntu:20.04:LTS",
        "foo",
        [{"introduced": "0"}],
        upstream=["CVE-2020-1"],
        related=["USN-1-1"],
        severity=[
            {"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H"},
            {"type": "Ubuntu", "score": "low"},
        ],
    )
    item["affected"][0]["ecosystem_specific"] = {"status": "deferred"}
    read = _read(item)
    assert read.statements[0].note == "deferred"
    assert read.statements[0].fix_state is FixState.NOT_FIXED
    assert {(rating.source, rating.severity) for rating in read.advisory.ratings} == {
        ("nvd", Severity.MEDIUM),
        ("ubuntu", Severity.LOW),
    }
    assert read.advisory.upstream == ("CVE-2020-1",)


def test_debian_urgency_is_a_rating() -> None:
    item = record("DEBIAN-CVE-2020-1", "Debian:12", "foo", [{"introduced": "0"}])
    item["affected"][0]["ecosystem_specific"] = {"urgency": "unimportant"}
    assert [(r.source, r.severity) for r in _read(item).advisory.ratings] == [("debian", Severity.NEGLIGIBLE)]


def test_malformed_vector_costs_only_the_rating() -> None:
    read = _read(record("X-1", "PyPI", "p", fixed_in("1"), severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:Q"}]))
    assert read.advisory.ratings == ()
    assert len(read.statements) == 1


def test_long_details_are_cut_and_placeholder_times_dropped() -> None:
    read = _read(record("X-1", "PyPI", "p", fixed_in("1"), details="x" * 9000) | {"modified": "0001-01-01T00:00:00Z"})
    assert len(read.advisory.details) == MAX_DETAILS
    assert read.advisory.modified == ""


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"id": 3}', b'{"id": ""}', b'{"affected": []}', b"\xff\xfe"])
def test_what_is_not_a_record_raises_a_feed_error(body: bytes) -> None:
    with pytest.raises(FeedError):
        read_record(body, source="s")


@pytest.mark.parametrize(
    ("specific", "state"),
    [
        ({"status": "needed"}, FixState.NOT_FIXED),
        ({"status": "postponed"}, FixState.NOT_FIXED),
        ({"status": "ignored"}, FixState.WILL_NOT_FIX),
        ({"status": "end-of-life"}, FixState.WILL_NOT_FIX),
        ({"urgency": "end-of-life"}, FixState.WILL_NOT_FIX),
        ({"urgency": "not yet assigned"}, FixState.NOT_FIXED),
        ({}, FixState.NOT_FIXED),
    ],
)
def test_state_of_a_flaw_without_a_fix_is_the_distributions(specific: dict[str, str], state: FixState) -> None:
    item = record("X-1", "Debian:12", "p", [{"introduced": "0"}])
    item["affected"][0]["ecosystem_specific"] = specific
    (statement,) = read_record(json.dumps(item).encode(), source="s").statements
    assert statement.fix_state is state
    assert statement.note == ", ".join(specific.values())


def _go_record(ranges: list[dict[str, str]], *custom: list[dict[str, str]]) -> bytes:
    item = record("GO-1", "Go", "example.org/server", ranges)
    own = [{"type": "ECOSYSTEM", "events": events} for events in custom]
    item["affected"][0]["ecosystem_specific"] = {"custom_ranges": own}
    return json.dumps(item).encode()


def test_go_versions_that_are_not_a_modules_bound_what_else_is_every_version() -> None:
    """A server's releases are tags that the module index does not know; `ranges` can then only say "all"."""
    body = _go_record([{"introduced": "0"}], [{"introduced": "9.0.0"}, {"fixed": "9.2.4"}])
    (statement,) = read_record(body, source="s").statements
    assert statement.intervals == (Interval("9.0.0", "9.2.4"),)
    assert statement.fix_state is FixState.FIXED


@pytest.mark.parametrize("custom", [[], [[{"introduced": "0"}, {"fixed": "9.x"}]]])
def test_go_versions_that_cannot_be_placed_bound_nothing(custom: list[list[dict[str, str]]]) -> None:
    (statement,) = read_record(_go_record([{"introduced": "0"}], *custom), source="s").statements
    assert statement.intervals == (Interval(),)


def test_go_versions_of_a_module_stay_beside_the_others() -> None:
    body = _go_record([{"introduced": "1.2.0"}, {"fixed": "1.3.0"}], [{"introduced": "0"}, {"fixed": "9.2.4"}])
    (statement,) = read_record(body, source="s").statements
    assert statement.intervals == (Interval("1.2.0", "1.3.0"), Interval("", "9.2.4"))


@pytest.mark.parametrize(
    ("summary", "module"),
    [
        ("Important: nodejs:18 security update", "nodejs:18"),
        ("nodejs:18 bug fix and enhancement update", "nodejs:18"),
        ("Red Hat Security Advisory: nodejs:18 security update", "nodejs:18"),
        ("Moderate: idm:DL1 and idm:client security, bug fix, and enhancement update", "idm:DL1 idm:client"),
        ("Important: httpd:2.4/mod_http2 security update", "httpd:2.4"),
        ("Important: varnish security update", ""),
    ],
)
def test_module_streams_are_read_from_the_summary(summary: str, module: str) -> None:
    item = record("ALSA-1", "AlmaLinux:8", "p", fixed_in("1-1.module_el8.6.0+1+a"), related=["CVE-1"], summary=summary)
    assert _read(item).statements[0].module == module


@pytest.mark.parametrize(
    ("identifier", "related", "statements"),
    [
        ("ALSA-2024:1", [], 1),
        ("ALBA-2024:1", [], 0),
        ("ALEA-2024:1", [], 0),
        ("ALBA-2024:1", ["CVE-2024-1"], 1),
        ("RHBA-2024:1", [], 0),
        ("SUSE-RU-2024:1", [], 0),
    ],
)
def test_update_that_mends_bugs_only_is_about_no_flaw(identifier: str, related: list[str], statements: int) -> None:
    item = record(identifier, "AlmaLinux:8", "p", fixed_in("1-2"), related=related)
    assert len(_read(item).statements) == statements
