from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from pratique.advisories.amazon import is_security, read_update
from pratique.advisories.build import Fresh, build_database
from pratique.advisories.database import SqliteDatabase, open_database
from pratique.advisories.sources import source_named
from pratique.advisories.updateinfo import Update, read_updates
from pratique.errors import FeedError
from pratique.inventory.ecosystem import ecosystem_of
from pratique.inventory.os_release import parse_os_release
from pratique.matching.matcher import match
from pratique.model.advisory import Advisory, FixState, Interval, Statement
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage, Location, Package, PackageType
from pratique.model.severity import Rating, Severity
from tests.advisory_files import LAYER, MOMENT
from tests.update_lists import package, update, update_list

_CORE = update(
    "ALAS2-2023-2039",
    [
        package("openssl", "1:1.0.2k-24.amzn2.0.7"),
        package("openssl-libs", "1:1.0.2k-24.amzn2.0.7"),
        package("openssl-libs", "1:1.0.2k-24.amzn2.0.7", "aarch64"),
    ],
    cves=["CVE-2023-0286", "CVE-2022-4304"],
    severity="important",
)
_GOLANG = update(
    "ALAS2GOLANG1.19-2023-001", [package("golang", "0:1.19.10-1.amzn2.0.2")], cves=["CVE-2023-29405"], severity="low"
)


def _one(text: str) -> Update:
    (found,) = read_updates(BytesIO(update_list(text)), name="list")
    return found


def _read(text: str, topic: str = "") -> tuple[Advisory, tuple[Statement, ...]]:
    return read_update(_one(text), source="amazon/2/core", ecosystem="Amazon Linux:2", topic=topic)


def test_update_becomes_an_advisory_about_its_flaws() -> None:
    advisory, statements = _read(_CORE)
    assert advisory.upstream == ("CVE-2023-0286", "CVE-2022-4304")
    assert advisory.ratings == (Rating("amazon", Severity.HIGH),)
    assert (advisory.published, advisory.modified) == ("2023-08-07T05:59:00Z", "2023-09-25T22:11:00Z")
    assert advisory.references[0] == "https://alas.aws.amazon.com/AL2/ALAS-2023-2039.html"
    assert {one.name: one.intervals for one in statements} == {
        "openssl": (Interval("", "1:1.0.2k-24.amzn2.0.7"),),
        "openssl-libs": (Interval("", "1:1.0.2k-24.amzn2.0.7"),),
    }
    assert {one.fix_state for one in statements} == {FixState.FIXED}


@pytest.mark.parametrize(
    ("identifier", "page"),
    [
        ("ALAS-2018-1093", "ALAS-2018-1093"),
        ("ALAS2-2018-939", "AL2/ALAS-2018-939"),
        ("ALAS2023-2023-001", "AL2023/ALAS-2023-001"),
        ("ALAS2GOLANG1.19-2023-001", "AL2/ALASGOLANG1.19-2023-001"),
        ("ALAS2KERNEL-5.10-2022-009", "AL2/ALASKERNEL-5.10-2022-009"),
        ("ALAS2LIVEPATCH-2022-078", "AL2/ALASLIVEPATCH-2022-078"),
    ],
)
def test_advisory_links_its_own_page(identifier: str, page: str) -> None:
    advisory, _ = _read(update(identifier, [package("p", "1-1")]))
    assert advisory.references == (f"https://alas.aws.amazon.com/{page}.html",)


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("critical", Severity.CRITICAL),
        ("important", Severity.HIGH),
        ("medium", Severity.MEDIUM),
        ("low", Severity.LOW),
    ],
)
def test_severity_words_are_amazons(word: str, severity: Severity) -> None:
    advisory, _ = _read(update("ALAS2-2023-1001", [package("p", "1-1")], severity=word))
    assert advisory.ratings == (Rating("amazon", severity),)


def test_text_about_one_flaw_loses_its_opening_and_label() -> None:
    opening = "Package updates are available for Amazon Linux 2 that fix the following vulnerabilities:"
    text = f"{opening}\nCVE-2023-0286:\n\tA type confusion.\n"
    advisory, _ = _read(update("ALAS2-2023-1001", [package("p", "1-1")], text=text))
    assert advisory.details == "A type confusion."
    two, _ = _read(update("ALAS2-2023-1001", [package("p", "1-1")], text=f"{text}CVE-2023-1111:\n\tOther."))
    assert two.details.startswith("CVE-2023-0286:")


def test_versions_that_differ_by_architecture_are_told_apart() -> None:
    _, statements = _read(
        update("ALAS2-2023-1001", [package("p", "1-2", "x86_64"), package("p", "1-3", "aarch64"), package("q", "1-1")])
    )
    assert [(one.name, one.intervals[0].fixed, one.architectures) for one in statements] == [
        ("p", "1-2", ("x86_64",)),
        ("p", "1-3", ("aarch64",)),
        ("q", "1-1", ()),
    ]


@pytest.mark.parametrize(
    ("topic", "evr", "beginning"),
    [
        ("golang1.19", "0:1.19.10-1.amzn2", "1.19"),
        ("kernel-5.10", "0:5.10.1-1.amzn2", "5.10"),
        ("lamp-mariadb10.2-php7.2", "3:10.2.38-1.amzn2", "3:10.2"),
        ("lamp-mariadb10.2-php7.2", "0:7.2.30-1.amzn2", "7.2"),
        ("postgresql14", "0:14.1-1.amzn2", "14"),
        ("php8.0", "0:1.6.1-1.amzn2", ""),
        ("golang1.1", "0:1.19.10-1.amzn2", ""),
        ("docker", "0:20.10.1-1.amzn2", ""),
    ],
)
def test_topics_statements_begin_at_the_topics_versions(topic: str, evr: str, beginning: str) -> None:
    _, (statement,) = _read(update("ALAS2X-2023-001", [package("p", evr)]), topic)
    assert statement.intervals[0].introduced == beginning
    assert statement.note == f"extras {topic}"


def test_bug_fixes_are_no_advisories() -> None:
    assert not is_security(_one(update("ALAS2-2023-1001", [package("p", "1-1")], kind="bugfix")))
    assert is_security(_one(update("ALAS2-2023-1001", [package("p", "1-1")], kind="bugfix", cves=["CVE-2023-1111"])))


@pytest.mark.parametrize(
    "text",
    [
        update("RHSA-2023:1", [package("p", "1-1")]),
        update("ALAS2-2023-1001", []),
        update("ALAS2-2023-1001", [package("", "1-1")]),
        update("ALAS2-2023-1001", [package("p", "1")]),
    ],
    ids=["another id", "no package", "no name", "no release"],
)
def test_update_that_cannot_be_read_raises_a_feed_error(text: str) -> None:
    with pytest.raises(FeedError):
        _read(text)


def _database(folder: Path) -> SqliteDatabase:
    core, extras = source_named("amazon/2/core"), source_named("amazon/2/extras")
    assert core is not None
    assert extras is not None
    listed = folder / "core.xml.gz"
    listed.write_bytes(update_list(_CORE, update("no ALAS", [package("p", "1-1")])))
    zipped = folder / "extras.zip"
    _write_topics(zipped, {"golang1.19": update_list(_GOLANG)})
    build_database(folder / "d.sqlite", [Fresh(core, listed, MOMENT), Fresh(extras, zipped, MOMENT)], built=MOMENT)
    return open_database(folder / "d.sqlite")


def _write_topics(path: Path, topics: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for topic, body in topics.items():
            archive.writestr(f"{topic}/updateinfo.xml.gz", body)


def test_database_counts_core_and_extras_and_lists_what_it_refused(tmp_path: Path) -> None:
    database = _database(tmp_path)
    assert {state.name: (state.records, state.refused) for state in database.revision.sources} == {
        "amazon/2/core": (1, 1),
        "amazon/2/extras": (1, 0),
    }
    assert [(source, record) for source, record, _ in database.refused()] == [("amazon/2/core", "no ALAS")]
    assert database.ecosystems() == {"Amazon Linux:2"}


@pytest.mark.parametrize(
    ("name", "version", "flaws"),
    [
        ("openssl-libs", "1:1.0.2k-24.amzn2.0.6", {"CVE-2023-0286", "CVE-2022-4304"}),
        ("openssl-libs", "1:1.0.2k-24.amzn2.0.7", set()),
        ("golang", "1.19.9-1.amzn2.0.1", {"CVE-2023-29405"}),
        ("golang", "1.18.9-1.amzn2.0.1", set()),
    ],
)
def test_image_of_amazon_linux_is_matched_from_its_os_release_on(
    tmp_path: Path, name: str, version: str, flaws: set[str]
) -> None:
    told = b'NAME="Amazon Linux"\nVERSION="2"\nID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"\n'
    distribution = parse_os_release(told)
    ecosystem = ecosystem_of(PackageType.RPM, distribution)
    one = InstalledPackage(
        Package(PackageType.RPM, name, version, "x86_64"), ecosystem, (Location("var/lib/rpm/rpmdb.sqlite", LAYER),)
    )
    result = match(ImageInventory(distribution, (one,)), _database(tmp_path))
    assert {finding.vulnerability.id for finding in result.vulnerabilities} == flaws
    assert result.reasons == ()
    for finding in result.vulnerabilities:
        assert finding.vulnerability.severity_source == "amazon"
        assert finding.packages[0].fixed_version
