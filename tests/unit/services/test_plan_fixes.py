from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from pratique.advisories.database import SqliteDatabase
from pratique.matching.matcher import match
from pratique.model.base_image import BaseFoundBy, BaseImage, LayerOrigin
from pratique.model.digest import DiffId
from pratique.model.image import Image
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage, Location, PackageType
from pratique.remediation.plan import FixPlan
from pratique.services.plan_fixes import plan_fixes
from tests.advisory_files import database_of, fixed_in, installed, record
from tests.finding_builder import digest_of, image_id, resolved

SITE = "usr/lib/python3.11/site-packages"
RECORDS = (
    record("CVE-2026-1", "PyPI", "django", fixed_in("3.2.19")),
    record("CVE-2026-2", "PyPI", "django", fixed_in("3.2.25")),
    record("CVE-2026-3", "PyPI", "django", [{"introduced": "3.2.20"}, {"fixed": "4.2.1"}]),
    record("CVE-2026-4", "PyPI", "ecdsa", [{"introduced": "0"}]),
    record("CVE-2026-5", "PyPI", "ecdsa", fixed_in("0.19.2")),
    record("CVE-2026-6", "Debian:12", "openssl", fixed_in("3.0.15-1")),
    record("CVE-2026-7", "Debian:12", "curl", fixed_in("7.88.1-12")),
    record("CVE-2026-8", "npm", "ws", fixed_in("6.2.2")),
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabase:
    return database_of(tmp_path_factory.mktemp("plan"), *RECORDS)


def wheel(name: str, version: str, *, place: str = SITE, layer: int = 1) -> InstalledPackage:
    return at_layer(installed(PackageType.PYPI, name, version, "PyPI", path=f"{place}/{name}/METADATA"), layer)


def deb(name: str, version: str, source: str, *, layer: int = 0) -> InstalledPackage:
    return at_layer(installed(PackageType.DEB, name, version, "Debian:12", source=(source, version)), layer)


def at_layer(package: InstalledPackage, layer: int) -> InstalledPackage:
    location = Location(package.locations[0].path, DiffId(digest_of(f"content {layer}")))
    return structs.replace(package, locations=(location,))


TOOLS = (deb("apt", "2.6", "apt"), deb("dash", "0.5", "dash"))


def image(layers: int = 2) -> Image:
    return structs.replace(resolved(image_id(), layers), base=BaseImage(1, BaseFoundBy.HISTORY, "debian:12"))


def plan_of(packages: Sequence[InstalledPackage], database: SqliteDatabase) -> FixPlan:
    inventory = ImageInventory(None, tuple(packages))
    return plan_fixes(image(), inventory, match(inventory, database).vulnerabilities, database)


def removed(plan: FixPlan) -> list[set[str]]:
    return [{finding.id for finding in step.removes} for step in plan.steps]


def test_package_goes_to_the_least_version_that_nothing_covers(database: SqliteDatabase) -> None:
    """The fix of CVE-2026-2 has CVE-2026-3, which the installed version has not."""
    plan = plan_of([wheel("Django", "3.2.10")], database)
    (step,) = plan.steps
    assert step.command == "python3.11 -m pip install Django==4.2.1"
    assert removed(plan) == [{"CVE-2026-1", "CVE-2026-2"}]
    assert (plan.findings, plan.removed, plan.left) == (2, 2, ())


def test_packages_of_one_owner_and_tool_are_one_step(database: SqliteDatabase) -> None:
    plan = plan_of(
        [
            *TOOLS,
            deb("libssl3", "3.0.11-1", "openssl"),
            deb("openssl", "3.0.11-1", "openssl"),
            deb("curl", "7.88.1-10", "curl", layer=1),
            wheel("Django", "3.2.10"),
            wheel("ecdsa", "0.13"),
        ],
        database,
    )
    told = [(step.owner, step.tool, [package.name for package in step.packages]) for step in plan.steps]
    assert told == [
        (LayerOrigin.APPLICATION, "pip", ["Django", "ecdsa"]),
        (LayerOrigin.BASE, "apt-get", ["libssl3", "openssl"]),
        (LayerOrigin.APPLICATION, "apt-get", ["curl"]),
    ]
    assert plan.steps[0].command == "python3.11 -m pip install 'Django>=4.2.1' 'ecdsa>=0.19.2'"
    assert "newer build" in plan.steps[1].instead


def test_finding_without_a_fix_is_left_and_says_why(database: SqliteDatabase) -> None:
    plan = plan_of([wheel("ecdsa", "0.13")], database)
    assert removed(plan) == [{"CVE-2026-5"}]
    assert [(left.id, left.package) for left in plan.left] == [("CVE-2026-4", "ecdsa")]
    assert plan.left[0].why == (
        "the PyPI database knows of no fixed version yet; 0.19.2, which mends other findings of the package, "
        "is affected as well."
    )


def test_finding_in_two_places_is_removed_by_the_step_that_mends_the_last_one(database: SqliteDatabase) -> None:
    plan = plan_of(
        [wheel("Django", "3.2.10"), wheel("Django", "3.2.11", place="opt/venv/lib/python3.11/site-packages")], database
    )
    assert [len(step.removes) for step in plan.steps] == [0, 2]
    assert {step.tool for step in plan.steps} == {"pip", "pip-environment"}


def test_image_without_tools_is_mended_by_rebuilding(database: SqliteDatabase) -> None:
    (step,) = plan_of([deb("libssl3", "3.0.11-1", "openssl")], database).steps
    assert step.command == ""
    assert step.instead.startswith("Rebuild on a newer build of debian:12 that holds libssl3 3.0.15-1")
    assert [finding.id for finding in step.removes] == ["CVE-2026-6"]


POOL = (
    *TOOLS,
    *(
        wheel("Django", f"3.2.{number}", place=f"opt/{number}/lib/python3.11/site-packages")
        for number in (1, 18, 22, 30)
    ),
    wheel("ecdsa", "0.13"),
    wheel("ecdsa", "0.20", place="app"),
    deb("libssl3", "3.0.11-1", "openssl"),
    deb("libcurl4", "7.88.1-10+b1", "curl", layer=1),
    at_layer(installed(PackageType.NPM, "ws", "6.0.0", "npm", path="app/node_modules/ws/package.json"), 1),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(range(len(POOL)))))
def test_rescan_of_the_mended_inventory_finds_exactly_what_the_plan_leaves(
    database: SqliteDatabase, chosen: set[int]
) -> None:
    packages = [POOL[index] for index in sorted(chosen)]
    plan = plan_of(packages, database)
    before = match(ImageInventory(None, tuple(packages)), database).vulnerabilities
    targets = {(one.name, one.version): one.target for step in plan.steps for one in step.packages}
    mended = tuple(apply(package, targets) for package in packages)
    after = {finding.vulnerability.id for finding in match(ImageInventory(None, mended), database).vulnerabilities}
    gone = [finding.id for step in plan.steps for finding in step.removes]
    assert after == {left.id for left in plan.left}
    assert sorted(gone) == sorted({finding.vulnerability.id for finding in before} - after)
    assert plan.findings == len(gone) + len(after)


def apply(package: InstalledPackage, targets: Mapping[tuple[str, str], str]) -> InstalledPackage:
    plain = package.package
    target = targets.get((plain.name, plain.version))
    if target is None:
        return package
    source = target if plain.source_version else ""
    return structs.replace(package, package=structs.replace(plain, version=target, source_version=source))
