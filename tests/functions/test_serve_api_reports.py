"""One stored image in every format, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from pratique.reports.bill_of_materials import BillFormat
from pratique.reports.formats import ReportFormat
from tests.functions.api_client import Answer, api_event, invoke
from tests.functions.wired_api import IMAGE, wired


@pytest.fixture(scope="module", autouse=True)
def _wired() -> Iterator[None]:
    with wired():
        yield


def ask(what: str, image: str = str(IMAGE), **query: str) -> Answer:
    return invoke(api_event("GET", f"/v1/images/{quote(image, safe='')}/{what}", query=query))


@pytest.mark.parametrize("form", [one for one in ReportFormat if one is not ReportFormat.OPENVEX])
def test_report_is_answered_in_the_media_type_of_its_format(form: ReportFormat) -> None:
    answer = ask("report", format=form)
    assert (answer.status, answer.headers["Content-Type"]) == (200, form.media_type)
    assert "CVE-2019-11324" in answer.text


@pytest.mark.parametrize(
    ("form", "kind", "told"),
    [
        (BillFormat.CYCLONEDX, "application/vnd.cyclonedx+json", '"specVersion": "1.6"'),
        (BillFormat.SPDX, "application/spdx+json", '"spdxVersion": "SPDX-2.3"'),
    ],
)
def test_bill_of_materials_holds_packages_and_no_finding(form: BillFormat, kind: str, told: str) -> None:
    answer = ask("sbom", format=form)
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert told in answer.text
    assert "pkg:pypi/urllib3@1.24" in answer.text
    assert "CVE-" not in answer.text


def test_openvex_states_what_is_suppressed() -> None:
    assert "nothing is suppressed" in ask("report", format="openvex").body["detail"]
    assert ask("report", format="openvex").status == 400
    suppression = {"vulnerability": "CVE-2019-11324", "reason": "Never reached.", "justification": "not_affected"}
    assert invoke(api_event("POST", "/v1/suppressions", body=suppression)).status == 201
    (statement,) = ask("report", format="openvex").body["statements"]
    assert (statement["status"], statement["impact_statement"]) == ("not_affected", "Never reached.")
    found = json.loads(ask("report", format="cyclonedx").text)["vulnerabilities"]
    assert [one["analysis"]["detail"] for one in found if "analysis" in one] == ["not_affected: Never reached."]


def test_image_that_is_not_known_or_a_format_that_is_not_has_no_report() -> None:
    for what in ("report", "sbom"):
        assert ask(what, image=f"{IMAGE.instance}/other@{IMAGE.digest}").status == 404
        assert ask(what, format="pdf").status == 422
