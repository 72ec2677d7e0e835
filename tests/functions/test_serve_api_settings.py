"""Reading and changing the settings through the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functions.api_client import Api, api

__all__ = ["api"]


SETTINGS = {
    "cycle": "3d",
    "window": "18-24",
    "time_zone": "Europe/Berlin",
    "include": ["team/*"],
    "exclude": ["team/old-*"],
    "instances": ["111122223333.eu-west-1", "harbor"],
    "include_tags": ["v*"],
    "exclude_tags": ["*-rc*"],
    "platforms": ["linux/amd64"],
    "newest_tags": 5,
    "age_days": 365,
    "daily_budget": 12.5,
    "registries": [
        {
            "instance": "harbor",
            "url": "https://harbor.example.com",
            "role": "",
            "credentials": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pratique/harbor-AbCdEf",
            "webhook_secret": "",
            "repositories": ["team/shop"],
        }
    ],
}
REGISTRY: dict[str, Any] = SETTINGS["registries"][0]  # type: ignore[index]


def test_settings_change_with_the_version_that_was_read(api: Api) -> None:
    read = api.get("/v1/settings")
    assert (read.body["version"], read.headers["ETag"]) == (0, '"0"')
    changed = api.call("PUT", "/v1/settings", body=SETTINGS, headers={"if-match": '"0"'})
    assert (changed.status, changed.headers["ETag"]) == (200, '"1"')
    now = api.get("/v1/settings").body
    assert now.pop("last_start") is None
    assert now.pop("next_start") > "2026-03-01T12:00:00Z"
    assert now == {**SETTINGS, "version": 1}


def test_history_of_settings_names_who_changed_what(api: Api) -> None:
    for version in range(3):
        change = SETTINGS | {"newest_tags": version}
        api.call("PUT", "/v1/settings", body=change, headers={"if-match": f'"{version}"'})
    first = api.get("/v1/settings/history", limit="2").body
    assert [(row["version"], row["settings"]["newest_tags"]) for row in first["items"]] == [(3, 2), (2, 1)]
    assert (first["total"], bool(first["items"][0]["by"])) == (3, True)
    rest = api.get("/v1/settings/history", limit="2", cursor=first["next_cursor"]).body
    assert ([row["version"] for row in rest["items"]], rest["next_cursor"]) == ([1], None)


def test_settings_of_an_old_version_are_refused(api: Api) -> None:
    api.call("PUT", "/v1/settings", body=SETTINGS, headers={"if-match": '"0"'})
    assert api.call("PUT", "/v1/settings", body={}, headers={"if-match": '"0"'}).status == 412
    assert api.call("PUT", "/v1/settings", body={}).status == 428
    assert api.get("/v1/settings").body["cycle"] == "3d"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cycle": "9d"}, "body.cycle"),
        ({"window": "01-02"}, "body.window"),
        ({"time_zone": "Mars/Olympus"}, "body.time_zone"),
        ({"time_zone": "../etc/passwd"}, "body.time_zone"),
        ({"include": []}, "body.include"),
        ({"include": ["*", "x" * 257]}, "body.include.1"),
        ({"exclude": ["*"] * 101}, "body.exclude"),
        ({"unknown": 1}, "body.unknown"),
        ({"newest_tags": -1}, "body.newest_tags"),
        ({"platforms": ["amd64"]}, "body.platforms.0"),
        ({"daily_budget": 0}, "body.daily_budget"),
        ({"registries": [{**REGISTRY, "url": "http://harbor.example.com"}]}, "body.registries.0.url"),
        ({"registries": [{**REGISTRY, "credentials": "hunter2"}]}, "body.registries.0.credentials"),
        ({"registries": [{**REGISTRY, "url": ""}]}, "body.registries.0"),
        ({"registries": [REGISTRY, REGISTRY]}, "body"),
    ],
)
def test_wrong_settings_name_the_field(api: Api, change: dict[str, Any], field: str) -> None:
    answer = api.call("PUT", "/v1/settings", body=SETTINGS | change, headers={"if-match": '"0"'})
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [field]
