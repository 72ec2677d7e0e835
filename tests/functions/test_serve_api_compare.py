"""Comparison and policy over HTTP: two builds of a shop, and advisories that learn of a second flaw two days later."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from pratique.adapters.folder_feed import FolderFeed
from pratique.model.coverage import Reason, ReasonCode
from pratique.model.image import ImageId
from pratique.model.inventory import AnalyzedImage, ImageInventory
from pratique.model.package import PackageType
from pratique.model.suppression import Covers, Endings, Justification, Suppression
from pratique.services.image_inventories import ImageInventories
from pratique.services.update_advisories import UpdateAdvisories
from pratique.wiring import advisory_databases, image_answers
from tests.advisory_files import fixed_in, installed, record, write_zip
from tests.fakes.clock import FakeClock
from tests.fakes.objects import MemoryObjects
from tests.finding_builder import NOON, finding, image_id, report, resolved
from tests.functions.api_client import Answer, Api, api

__all__ = ["api"]

OLD, NEW = image_id("old"), image_id("new")
UNREAD = Reason(ReasonCode.FILE_UNREADABLE, "the file is damaged", "app/x.jar")


@pytest.fixture
def objects(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryObjects:
    """Known since 1 November: CVE-1, below 1.0.1. Known since 3 November: CVE-2, below 1.0.2; CVE-3, in another one."""
    objects, clock = MemoryObjects(), FakeClock()
    update = UpdateAdvisories(objects, FolderFeed(tmp_path / "mirror"), clock, tmp_path / "work", mirrored=True)
    flaws = [record(f"GHSA-{n}", "npm", "lib", fixed_in(f"1.0.{n}"), aliases=[f"CVE-{n}"]) for n in (1, 2)]
    flaws.append(record("GHSA-3", "npm", "other", fixed_in("9.0.0"), aliases=["CVE-3"]))
    for known in (flaws[:1], flaws):
        write_zip(tmp_path / "mirror/osv/npm/all.zip", known)
        update()
        clock.move(days=2)
    for name, found in (("objects", objects), ("stores", api.estate.stores), ("clock", clock)):
        monkeypatch.setattr(image_answers, name, lambda found=found: found)
    monkeypatch.setattr(advisory_databases, "objects", lambda: objects)
    monkeypatch.setattr(advisory_databases, "_FOLDER", tmp_path / "databases")
    store(api, objects, OLD, "lib 1.0.0", tag="1.0")
    store(api, objects, NEW, "lib 1.0.1", "other 1.0.0", tag="1.1")
    return objects


def store(api: Api, objects: MemoryObjects, image: ImageId, *packages: str, tag: str, unread: bool = False) -> None:
    known(api, image, tag)
    objects.put(f"images/{image.digest}.json", msgspec.json.encode(resolved(image)))
    found = []
    for package in packages:
        name, version = package.split()
        found.append(installed(PackageType.NPM, name, version, "npm", path=f"app/node_modules/{name}/package.json"))
    inventory = ImageInventory(None, tuple(found), reasons=(UNREAD,) if unread else ())
    ImageInventories(objects).put(image.digest, AnalyzedImage(inventory, 2, 2, 1, 1, 1, "rules"))


def known(api: Api, image: ImageId, tag: str) -> None:
    findings = api.estate.stores.findings
    findings.write(image, resolved(image), report([finding("CVE-1")]), seq=findings.begin(image), tags=[tag], now=NOON)


def ask(api: Api, image: ImageId, question: str, **parameters: str) -> Answer:
    return api.get(f"/v1/images/{quote(str(image), safe='')}/{question}", **parameters)


def ids(answer: Answer, part: str) -> list[str]:
    return [one["id"] for layer in answer.body[part] for one in layer["findings"]]


@pytest.mark.usefixtures("objects")
@pytest.mark.parametrize("other", ["1.0", OLD.digest, str(OLD)])
def test_comparison_tells_what_another_image_had_and_lacked(api: Api, other: str) -> None:
    answer = ask(api, NEW, "compare", **{"with": other})
    assert answer.status == 200, answer.text
    assert (ids(answer, "added"), ids(answer, "fixed"), ids(answer, "unchanged")) == (["CVE-3"], ["CVE-1"], ["CVE-2"])
    assert [answer.body[side]["image"] for side in ("before", "after")] == [str(OLD), str(NEW)]
    assert answer.body["before"]["revision"] == answer.body["after"]["revision"]


@pytest.mark.usefixtures("objects")
def test_comparison_with_a_date_tells_what_became_known_since(api: Api) -> None:
    answer = ask(api, OLD, "compare", **{"with": "2026-11-02"})
    assert (ids(answer, "added"), ids(answer, "fixed"), ids(answer, "unchanged")) == (["CVE-2"], [], ["CVE-1"])
    assert answer.body["before"]["image"] == answer.body["after"]["image"] == str(OLD)
    assert answer.body["before"]["revision"] != answer.body["after"]["revision"]


def test_finding_that_one_side_suppresses_is_not_taken_for_a_fixed_one(api: Api, objects: MemoryObjects) -> None:
    one = Suppression(
        "S" * 26,
        Covers(vulnerability="CVE-1", digest=NEW.digest),
        "no",
        "",
        "",
        NOON,
        Justification.ACCEPTED,
        Endings(),
    )
    api.estate.stores.suppressions.add(one)
    store(api, objects, NEW, "lib 1.0.0", tag="1.1")
    answer = ask(api, NEW, "compare", **{"with": "1.0"})
    assert (ids(answer, "added"), ids(answer, "fixed"), ids(answer, "unchanged")) == ([], [], ["CVE-2"])


@pytest.mark.usefixtures("objects")
@pytest.mark.parametrize(
    ("other", "status", "told"),
    [
        ("9.9", 400, "is no tag of team/shop"),
        ("2026-10-01", 400, "no advisory database of 2026-10-01 is kept"),
        (str(image_id("gone")), 400, "is no image that is known here"),
        ("sha256:1", 400, "digest"),
        ("", 422, "with"),
    ],
)
def test_what_a_comparison_cannot_be_made_with_is_told(api: Api, other: str, status: int, told: str) -> None:
    answer = ask(api, NEW, "compare", **{"with": other})
    assert (answer.status, told in answer.text) == (status, True), answer.text


def test_tag_of_two_images_that_no_platform_tells_apart_is_refused(api: Api, objects: MemoryObjects) -> None:
    store(api, objects, image_id("twin"), "lib 1.0.0", tag="1.0")
    answer = ask(api, NEW, "compare", **{"with": "1.0"})
    assert (answer.status, "give a digest" in answer.body["detail"]) == (400, True)


@pytest.mark.usefixtures("objects")
def test_comparison_needs_images_that_are_known_and_scanned(api: Api) -> None:
    assert ask(api, image_id("gone"), "compare", **{"with": "1.0"}).status == 404
    known(api, image_id("unread"), "new")
    answer = ask(api, NEW, "compare", **{"with": "new"})
    assert (answer.status, "scan it first" in answer.body["detail"]) == (404, True)


def policy(api: Api, image: ImageId, **rules: str) -> tuple[bool, list[str]]:
    answer = ask(api, image, "policy", **rules)
    assert answer.status == 200, answer.text
    return answer.body["passes"], [reason.partition(":")[0] for reason in answer.body["reasons"]]


@pytest.mark.usefixtures("objects")
def test_policy_fails_with_every_reason_or_passes(api: Api) -> None:
    anyhow = "complete,partial"
    assert policy(api, OLD, status=anyhow) == (True, [])
    assert policy(api, OLD, status=anyhow, priority="low")[0] is False
    assert policy(api, OLD, status=anyhow, priority="low")[1] == ["priority", "priority"]
    assert policy(api, OLD, status=anyhow, known_exploited="true") == (True, [])
    assert policy(api, OLD, status=anyhow, advisory_days="0") == (False, ["advisory_days"])


def test_policy_lets_no_image_pass_that_was_not_seen_whole(api: Api, objects: MemoryObjects) -> None:
    store(api, objects, OLD, "lib 2.0.0", tag="1.0", unread=True)
    assert policy(api, OLD) == (False, ["status"])
    assert policy(api, OLD, status="complete,partial") == (True, [])
    assert policy(api, OLD, status="") == (False, ["status"])


@pytest.mark.usefixtures("objects")
def test_policy_lets_no_image_pass_that_was_not_scanned(api: Api) -> None:
    known(api, image_id("unread"), "new")
    assert policy(api, image_id("unread"), status="complete,partial,unsupported,failed") == (False, ["status"])
    assert ask(api, image_id("gone"), "policy").status == 404


@pytest.mark.usefixtures("objects")
@pytest.mark.parametrize(
    ("rules", "status"),
    [({"status": "clean"}, 400), ({"priority": "hihg"}, 422), ({"fix_days": "-1"}, 422), ({"licences": "GPL*"}, 422)],
)
def test_policy_that_is_misspelt_is_refused(api: Api, rules: dict[str, str], status: int) -> None:
    assert ask(api, OLD, "policy", **rules).status == status
