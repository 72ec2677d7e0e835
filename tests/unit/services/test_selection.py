from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.model.image import Platform
from pratique.model.settings import Settings
from pratique.ports.registry_lists import Listed
from pratique.services.selection import chooses_platform, chooses_repository, chooses_tags, chosen
from tests.finding_builder import NOON, at, digest_of


def listed(name: str, *tags: str, days: float = 0) -> Listed:
    return Listed(digest_of(name), tags, at(-24 * days))


@pytest.mark.parametrize(
    ("settings", "repository", "expected"),
    [
        (Settings(), "team/shop", True),
        (Settings(include=("team/*",)), "team/shop", True),
        (Settings(include=("team/*",)), "other/shop", False),
        (Settings(include=("team/*",), exclude=("*/test-*",)), "team/test-shop", False),
        (Settings(instances=("b",)), "team/shop", False),
        (Settings(instances=("a", "b")), "team/shop", True),
        (Settings(include=("Team/*",)), "team/shop", False),
    ],
)
def test_repository_is_chosen_by_instance_and_globs(settings: Settings, repository: str, *, expected: bool) -> None:
    assert chooses_repository(settings, "a", repository) is expected


@pytest.mark.parametrize(
    ("settings", "tags", "expected"),
    [
        (Settings(), [], True),
        (Settings(include_tags=("v*",)), [], False),
        (Settings(include_tags=("v*",)), ["latest", "v1"], True),
        (Settings(exclude_tags=("pr-*",)), ["pr-7"], False),
        (Settings(exclude_tags=("pr-*",)), ["pr-7", "latest"], True),
        (Settings(include_tags=("v*",), exclude_tags=("*-rc",)), ["v1-rc"], False),
    ],
)
def test_one_fitting_tag_is_enough(settings: Settings, tags: list[str], *, expected: bool) -> None:
    assert chooses_tags(settings, tags) is expected


def test_platform_chooses_its_variants() -> None:
    arm = Settings(platforms=("linux/arm64", "linux/arm/v7"))
    assert chooses_platform(arm, Platform("linux", "arm64", "v8"))
    assert chooses_platform(arm, Platform("linux", "arm", "v7"))
    assert not chooses_platform(arm, Platform("linux", "arm", "v6"))
    assert not chooses_platform(arm, Platform("linux", "amd64"))
    assert chooses_platform(Settings(), Platform("windows", "amd64"))


def test_newest_tags_and_age_limit_count_by_the_push() -> None:
    images = [
        listed("a", "1", days=9),
        listed("b", "2", days=3),
        listed("c", "3", "latest", days=1),
        listed("d", days=2),
    ]
    newest = chosen(Settings(newest_tags=3), "a", "r", images, NOON)
    assert [item.tags for item in newest] == [("3", "latest"), (), ("2",)]
    assert [item.tags for item in chosen(Settings(newest_tags=1), "a", "r", images, NOON)] == [("3", "latest"), ()]
    assert [item.tags for item in chosen(Settings(age_days=2), "a", "r", images, NOON)] == [("3", "latest"), ()]


def test_image_whose_push_time_is_unknown_is_not_left_out() -> None:
    unknown = Listed(digest_of("u"), ("1",), None)
    assert chosen(Settings(age_days=1, newest_tags=1), "a", "r", [listed("old", "0", days=5), unknown], NOON) == [
        unknown
    ]


@given(
    st.lists(st.tuples(st.integers(0, 40), st.lists(st.sampled_from("abcd"), max_size=2, unique=True)), max_size=12),
    st.integers(0, 5),
    st.integers(0, 30),
)
def test_stricter_settings_choose_a_part_of_what_looser_ones_do(
    found: list[tuple[int, list[str]]], newest: int, age: int
) -> None:
    images = [listed(f"{number}", *tags, days=days) for number, (days, tags) in enumerate(found)]
    everything = chosen(Settings(), "a", "r", images, NOON)
    strict = chosen(Settings(newest_tags=newest, age_days=age), "a", "r", images, NOON)
    assert {item.digest for item in everything} == {item.digest for item in images}
    assert [item for item in everything if item in strict] == strict
