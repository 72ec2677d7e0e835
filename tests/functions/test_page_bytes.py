"""No page is larger than a megabyte, and none ends a list in silence."""

from __future__ import annotations

from urllib.parse import quote

from msgspec import structs

from pratique.api.page_bytes import MOST_BYTES
from pratique.model.finding import VulnerabilityFinding
from tests.finding_builder import finding, image_id, report
from tests.functions.api_client import Answer, Api, api

__all__ = ["api"]

SHOP = image_id("shop")
PACKAGES = 100
FINDINGS = 30


def wide(identifier: str) -> VulnerabilityFinding:
    """A flaw with a very long title in a hundred packages at long paths."""
    found = finding(identifier, title=f"{identifier} {'ü' * 4000}")
    (package,) = found.packages
    several = []
    for number in range(PACKAGES):
        (location,) = package.installed.locations
        path = f"{'deeply/nested/' * 30}{number}/package.json"
        installed = structs.replace(
            package.installed,
            package=structs.replace(package.installed.package, name=f"package-{number}"),
            locations=(structs.replace(location, path=path),),
        )
        several.append(structs.replace(package, installed=installed))
    return structs.replace(found, packages=tuple(several))


def pages(api: Api, path: str, **query: str) -> list[Answer]:
    answers = [api.get(path, **query)]
    while cursor := answers[-1].body["next_cursor"]:
        answers.append(api.get(path, **query, cursor=cursor))
    return answers


def test_pages_of_the_largest_rows_stay_under_a_megabyte_and_lose_none(api: Api) -> None:
    ids = [f"CVE-2024-{1000 + number}" for number in range(FINDINGS)]
    api.estate.scan(SHOP, report([wide(identifier) for identifier in ids]))
    api.estate.settle()
    for path in (f"/v1/images/{quote(str(SHOP), safe='')}/findings", "/v1/vulnerabilities"):
        answers = pages(api, path, limit="100")
        assert [answer.status for answer in answers] == [200] * len(answers)
        assert max(len(answer.text.encode()) for answer in answers) <= MOST_BYTES
        assert sorted(row["id"] for answer in answers for row in answer.body["items"]) == ids
        assert {answer.body["total"] for answer in answers} == {FINDINGS}
    assert len(pages(api, f"/v1/images/{quote(str(SHOP), safe='')}/findings", limit="100")) > 2


def test_pages_of_images_of_one_flaw_stay_under_a_megabyte(api: Api) -> None:
    images = [image_id(str(number), f"team/app-{number}") for number in range(14)]
    for image in images:
        api.estate.scan(image, report([wide("CVE-2024-1000")]))
    answers = pages(api, "/v1/vulnerabilities/CVE-2024-1000/images", limit="100")
    assert len(answers) > 1
    assert max(len(answer.text.encode()) for answer in answers) <= MOST_BYTES
    found = [row["image"]["id"] if "image" in row else row["id"] for answer in answers for row in answer.body["items"]]
    assert sorted(found) == sorted(map(str, images))
