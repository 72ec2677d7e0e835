from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.errors import InvalidValue
from pratique.model.allow_list import AllowListEntry
from pratique.model.digest import DiffId
from pratique.model.package import Location
from pratique.model.sample import ImageSample, Level, RuleMatch, SampleFile
from pratique.services.quiet_samples import quiet_samples
from tests.finding_builder import NOON, digest_of

LAYER = DiffId(digest_of("layer"))
URGENT = RuleMatch("shell", "starter", Level.URGENT, "", family="Web shell")
NOTICE = RuleMatch("odd", "acme", Level.NOTICE, "")
BOTH = ("starter/shell", "acme/odd")


def entry(name: str = "E1", **about: str) -> AllowListEntry:
    return AllowListEntry(name, "wanted", "ann", "ann", NOON, **about)  # type: ignore[arg-type] # texts by name


def sample(*files: SampleFile, rules: tuple[RuleMatch, ...] = (URGENT, NOTICE)) -> ImageSample:
    return ImageSample("a" * 64, 10, rules[0].level, rules, files)


def at(path: str, *rules: str) -> SampleFile:
    return SampleFile(Location(path, LAYER), rules=rules)


def test_sample_that_an_entry_names_is_quiet_everywhere() -> None:
    (found,) = quiet_samples([sample(at("a"), at("b/c"))], [entry("E0", sha256="b" * 64), entry(sha256="a" * 64)])
    assert found.is_quiet
    assert [file.allowed_by for file in found.files] == ["E1", "E1"]
    assert (found.level, found.name) == (Level.URGENT, "Web shell")


@pytest.mark.parametrize("rule", ["shell", "starter/shell"])
def test_rule_is_quiet_at_its_path_alone_and_the_rest_counts_with_its_own_level(rule: str) -> None:
    files = (at("app/a.php", *BOTH), at("app/b.php", "starter/shell"))
    (found,) = quiet_samples([sample(*files)], [entry(rule=rule, path="app/*.php")])
    assert [file.allowed_by for file in found.files] == ["", "E1"]
    assert (found.is_quiet, found.level, found.name) == (False, Level.NOTICE, "odd")
    (elsewhere,) = quiet_samples([sample(*files)], [entry(rule=rule, path="srv/**")])
    assert elsewhere == sample(*files)
    (other,) = quiet_samples([sample(*files)], [entry(rule="acme/shell", path="**")])
    assert other == sample(*files)


def test_two_entries_together_keep_a_place_quiet() -> None:
    entries = [entry("E1", rule="shell", path="**"), entry("E2", rule="odd", path="app/**")]
    (found,) = quiet_samples([sample(at("app/x/a.php"))], entries)
    assert found.is_quiet


@given(
    files=st.lists(
        st.tuples(st.sampled_from(["a/x", "a/y", "b/x"]), st.sets(st.sampled_from(BOTH), min_size=1)), min_size=1
    ),
    about=st.lists(st.tuples(st.sampled_from(["shell", "odd"]), st.sampled_from(["a/*", "**/x", "b/**"])), max_size=4),
)
def test_match_is_quiet_exactly_where_an_entry_covers_it(
    files: list[tuple[str, set[str]]], about: list[tuple[str, str]]
) -> None:
    """The law: a place is loud while any match is, and the level is the worst of the loud matches."""
    covered = {"a/*": {"a/x", "a/y"}, "**/x": {"a/x", "b/x"}, "b/**": {"b/x"}}
    quiet = {
        (f"{pack}/{rule}", path) for (rule, glob), pack in product(about, ("starter", "acme")) for path in covered[glob]
    }
    entries = [entry(f"E{number}", rule=rule, path=glob) for number, (rule, glob) in enumerate(about)]
    fired = tuple(match for match in (URGENT, NOTICE) if any(match.key in rules for _, rules in files))
    places = [at(path, *sorted(rules)) for path, rules in files]
    (found,) = quiet_samples([sample(*places, rules=fired)], entries)
    loud = [[rule for rule in rules if (rule, path) not in quiet] for path, rules in files]
    assert [bool(file.allowed_by) for file in found.files] == [not left for left in loud]
    left = [match for match in fired if any(match.key in rules for rules in loud)]
    assert found.level is (left or list(fired))[0].level
    assert found.rules[: len(left)] == tuple(left)


@pytest.mark.parametrize("about", [{}, {"rule": "a"}, {"path": "a"}, {"sha256": "a", "rule": "b", "path": "c"}])
def test_entry_names_a_sample_or_a_rule_and_a_path(about: dict[str, str]) -> None:
    with pytest.raises(InvalidValue):
        entry(**about)
