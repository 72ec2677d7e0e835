"""SPDX documents are valid as their library reads them, and name the layer of each package."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from pratique.model.coverage import Reason, ReasonCode
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage, Location
from pratique.reports.cyclonedx import cyclonedx_json
from pratique.reports.spdx import spdx_json
from tests.unit.reports.test_formats import HOSTILE
from tests.unit.reports.test_reports import HIGH, IMAGE, INVENTORY, JINJA, LOW, NOW, OPENSSL

PROJECT = Path(__file__).resolve().parents[3]


def written(inventory: ImageInventory) -> dict[str, Any]:
    """The document, which the library itself has read and found valid."""
    document: dict[str, Any] = json.loads(spdx_json(IMAGE, inventory, now=NOW))
    parsed = JsonLikeDictParser().parse(document)  # type: ignore[no-untyped-call] # its constructor is
    assert [message.validation_message for message in validate_full_spdx_document(parsed)] == []
    return document


def with_licenses(*licenses: str) -> dict[str, Any]:
    package = structs.replace(JINJA.package, licenses=licenses)
    document = written(ImageInventory(None, (structs.replace(JINJA, package=package),)))
    (found,) = [one for one in document["packages"] if one["name"] == "Jinja2"]
    return dict(found)


def test_packages_are_in_the_layers_that_brought_them() -> None:
    document = written(INVENTORY)
    names = {one["SPDXID"]: one["name"] for one in document["packages"]} | {"SPDXRef-DOCUMENT": "document"}
    related = {
        (names[one["spdxElementId"]], one["relationshipType"], names[one["relatedSpdxElement"]])
        for one in document["relationships"]
    }
    assert related == {
        ("document", "DESCRIBES", IMAGE.reference),
        (IMAGE.reference, "CONTAINS", "debian"),
        (IMAGE.reference, "CONTAINS", LOW),
        (IMAGE.reference, "CONTAINS", HIGH),
        (LOW, "CONTAINS", "libssl3"),
        (HIGH, "CONTAINS", "Jinja2"),
    }


def test_layers_paths_and_origin_are_annotations() -> None:
    document = written(INVENTORY)
    (jinja,) = [one for one in document["packages"] if one["name"] == "Jinja2"]
    lines = jinja["annotations"][0]["comment"].splitlines()
    assert "pratique:location:0:path=opt/lib/Jinja2-2.10.dist-info/METADATA" in lines
    assert "pratique:location:0:layer:index=1" in lines
    assert "pratique:origin=application" in lines
    assert jinja["externalRefs"][0]["referenceLocator"] == "pkg:pypi/jinja2@2.10"


def test_what_was_not_seen_is_told() -> None:
    reason = Reason(ReasonCode.LAYER_NOT_READ, "lost", layer=LOW)
    document = written(structs.replace(INVENTORY, reasons=(reason,)))
    (image,) = [one for one in document["packages"] if one["primaryPackagePurpose"] == "CONTAINER"]
    lines = image["annotations"][0]["comment"].splitlines()
    assert "pratique:status=partial" in lines
    assert f"pratique:reason:0:layer_not_read=lost {LOW}" in lines


def test_licenses_are_expressions_where_the_list_has_them() -> None:
    assert with_licenses("MIT", "Apache-2.0 OR GPL-2.0-only")["licenseDeclared"] == (
        "MIT AND (Apache-2.0 OR GPL-2.0-only)"
    )
    odd = with_licenses("MIT", "See the file LICENSE (ours)")
    assert (odd["licenseDeclared"], odd["licenseComments"]) == (
        "NOASSERTION",
        "stated as: MIT; See the file LICENSE (ours)",
    )
    assert "licenseComments" not in with_licenses()


@pytest.mark.parametrize(
    "text", [HOSTILE, "", "\n\n", ") AND (", "(" * 300, "MIT WITH MIT", "SPDXRef-DOCUMENT", "x" * 5000]
)
def test_any_text_from_an_image_makes_a_valid_document(text: str) -> None:
    def odd(one: InstalledPackage) -> InstalledPackage:
        package = structs.replace(one.package, name=text, version=text, licenses=(text,))
        places = tuple(structs.replace(place, path=text) for place in one.locations)
        return structs.replace(one, package=package, locations=places)

    document = written(structs.replace(INVENTORY, packages=(odd(OPENSSL), odd(JINJA), JINJA)))
    assert len(document["packages"]) == 1 + 1 + 2 + 3


def test_one_version_that_two_packages_own_stands_there_twice() -> None:
    places = [(Location(f"usr/{number}/Jinja2-2.10.dist-info/METADATA", LOW),) for number in range(2)]
    twice = tuple(structs.replace(JINJA, locations=place, owned_by=f"deb:p{place[0].path}") for place in places)
    inventory = structs.replace(INVENTORY, packages=twice)
    assert [one["name"] for one in written(inventory)["packages"]].count("Jinja2") == 2
    components = json.loads(cyclonedx_json(IMAGE, inventory, now=NOW))["components"]
    assert [one["name"] for one in components].count("Jinja2") == 2


def test_what_the_lambda_layer_leaves_out_is_not_imported() -> None:
    makefile = (PROJECT / "layers" / "dependencies" / "Makefile").read_text()
    (line,) = re.findall(r"^UNUSED := (.+)$", makefile, flags=re.M)
    left_out = [name.removesuffix(".py") for name in line.split() if "/" not in name]
    assert {"rdflib", "yaml", "click"} <= set(left_out)
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({left_out}))\n"
        "from tests.unit.reports.test_reports import IMAGE, INVENTORY, NOW\n"
        "from pratique.reports.spdx import spdx_json\n"
        "import functions.serve_api.handler\n"
        "sys.stdout.write(spdx_json(IMAGE, INVENTORY, now=NOW).decode())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.encode() == spdx_json(IMAGE, INVENTORY, now=NOW)
