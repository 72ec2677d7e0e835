"""Whatever is asked, the API answers with a status below 500, and with a problem where it refuses."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pratique.api.application import application
from tests.functions.api_client import Answer, api_event, invoke
from tests.functions.wired_api import wired

TEMPLATES = sorted(application().document()["paths"])
METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", ""])
ODD = st.text(max_size=40) | st.sampled_from(
    ["%", "%2F", "..", "\x00", "sha256:" + "0" * 64, "0" * 64, "a/b@sha256:" + "0" * 64]
)
NAMES = st.sampled_from(
    ["limit", "cursor", "namespace", "digest", "name", "priority", "epss_at_least", "known_exploited", "sort", "state"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
KNOWN_FIELDS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        (
            "scope",
            "status",
            "note",
            "cycle",
            "window",
            "time_zone",
            "include",
            "exclude",
            "reason",
            "rule",
            "path",
            "expires",
        ),
        JSON,
    ),
)


def paths() -> st.SearchStrategy[str]:
    filled = st.tuples(st.sampled_from(TEMPLATES), ODD).map(
        lambda drawn: drawn[0].replace("{id}", drawn[1]).replace("{sha256}", drawn[1]).replace("{name}", drawn[1])
    )
    return filled | ODD.map(lambda text: f"/v1/{text}") | ODD


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    method=METHODS,
    path=paths(),
    query=st.dictionaries(NAMES | st.text(max_size=10), ODD, max_size=3),
    body=st.none() | st.text(max_size=30) | (JSON | KNOWN_FIELDS).map(json.dumps),
    match=st.sampled_from(["", '"0"', "*", 'W/"0"', '"x"', "0" * 30]),
)
def test_any_request_is_answered(method: str, path: str, query: dict[str, str], body: str | None, match: str) -> None:
    with wired():
        answer: Answer = invoke(
            api_event(method, path, query=query, body=body, headers={"if-match": match, "if-none-match": match})
        )
    assert 200 <= answer.status < 500
    if answer.status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.body["status"] == answer.status
