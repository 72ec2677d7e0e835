"""Java archives: identity, shaded artifacts, nesting."""

from __future__ import annotations

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.jar import JAR
from pratique.inventory.jar_identity import (
    Artifact,
    from_file_name,
    identify,
    parse_manifest,
    parse_properties,
)
from tests.zip_files import pom, zip_of


def _found(path: str, files: dict[str, bytes]) -> list[tuple[str, str]]:
    return [(package.name, package.version) for package in JAR.extract(path, zip_of(files)).packages]


def _manifest(**fields: str) -> dict[str, bytes]:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return {"META-INF/MANIFEST.MF": "\r\n".join(["Manifest-Version: 1.0", *lines, "", ""]).encode()}


def test_jar_with_pom_properties_is_what_they_say() -> None:
    files = pom("com.google.guava", "guava", "31.1-jre") | _manifest(Implementation_Version="9")
    assert _found("lib/guava-31.1-jre.jar", files) == [("com.google.guava:guava", "31.1-jre")]


def test_shaded_jar_lists_what_it_holds_and_itself() -> None:
    files = (
        pom("a", "inner", "1")
        | pom("b", "other", "2")
        | _manifest(Implementation_Vendor_Id="com.example", Implementation_Version="3.0")
    )
    assert _found("lib/uber-3.0.jar", files) == [("a:inner", "1"), ("b:other", "2"), ("com.example:uber", "3.0")]


def test_renamed_jar_with_one_pom_is_that_artifact_only() -> None:
    assert _found("app.jar", pom("a", "service", "1") | _manifest()) == [("a:service", "1")]


def test_renamed_copy_of_its_pom_is_not_listed_twice() -> None:
    files = pom("org.apache.maven", "maven-core", "3.8.7") | _manifest(
        Implementation_Vendor_Id="org.apache.maven", Implementation_Version="3.8.7"
    )
    assert _found("usr/share/java/maven3-core.jar", files) == [("org.apache.maven:maven-core", "3.8.7")]


def test_renamed_copy_whose_bundle_goes_on_below_its_group_is_not_listed_twice() -> None:
    files = pom("org.eclipse.jetty", "jetty-util-ajax", "9.4.57") | _manifest(
        Bundle_SymbolicName="org.eclipse.jetty.util.ajax", Bundle_Version="9.4.57"
    )
    found = [("org.eclipse.jetty:jetty-util-ajax", "9.4.57")]
    assert _found("usr/share/java/jetty9-util-ajax.jar", files) == found


def test_renamed_copy_whose_name_says_more_than_the_version_is_not_listed_twice() -> None:
    files = pom("org.apache.specs", "annotation_1.3_spec", "1.3") | _manifest(
        Bundle_SymbolicName="org.apache.specs.annotation_1.3_spec", Bundle_Version="1.3"
    )
    assert _found("annotation-1.3-spec.jar", files) == [("org.apache.specs:annotation_1.3_spec", "1.3")]


def test_file_named_as_its_pom_with_other_dashes_is_not_listed_twice() -> None:
    files = pom("org.apache.specs", "validation_1.1_spec", "1.0") | _manifest(
        Bundle_SymbolicName="org.apache.specs.validation_1.1_spec", Bundle_Version="1.0.0"
    )
    assert _found("validation-1.1-spec.jar", files) == [("org.apache.specs:validation_1.1_spec", "1.0")]


def test_jar_without_pom_is_identified_by_manifest_and_name() -> None:
    files = _manifest(Implementation_Title="spring-core", Implementation_Version="5.3.20")
    assert _found("lib/spring-core-5.3.20.jar", files) == [("org.springframework:spring-core", "5.3.20")]


def test_jar_with_neither_version_nor_pom_is_nothing() -> None:
    assert _found("lib/plain.jar", {"a.class": b""}) == []


def test_nested_archives_are_read_and_named_once() -> None:
    inner = zip_of(pom("a", "inner", "1"))
    war = zip_of({"WEB-INF/lib/inner.jar": inner, "WEB-INF/lib/copy.jar": inner})
    assert _found("app.ear", {"web.war": war, "x.txt": b""}) == [("a:inner", "1")]


def test_damaged_inner_archive_is_listed_as_unread() -> None:
    good = zip_of(pom("a", "inner", "1"))
    read = JAR.extract("app.jar", zip_of({"BOOT-INF/lib/bad.jar": good[:-9], "BOOT-INF/lib/good.jar": good}))
    assert [package.name for package in read.packages] == ["a:inner"]
    assert read.unread == ("app.jar!/BOOT-INF/lib/bad.jar: not a zip archive, or one that is cut short",)


def test_nesting_stops_at_its_limit_with_a_reason() -> None:
    body = zip_of(pom("a", "deep", "1"))
    for _ in range(20):
        body = zip_of({"inner.jar": body})
    read = JAR.extract("x.jar", body)
    assert read.packages == ()
    assert "archives deep" in read.unread[0]


def test_jar_that_is_no_archive_is_an_error() -> None:
    with pytest.raises(ExtractorError):
        JAR.extract("x.jar", b"no archive")
    assert JAR.extract("x.jar", b"").packages == ()
    assert JAR.extract("var/log/system.sar", b"another program's file").packages == ()


def test_properties_allow_comments_colons_and_spaces() -> None:
    body = b"# groupId=no\r\n groupId = a.b \nartifactId: c\nversion=1.0:x\n"
    assert parse_properties(body) == Artifact("a.b", "c", "1.0:x")


def test_properties_without_group_take_it_from_their_path() -> None:
    files = {"META-INF/maven/org.x/y/pom.properties": b"artifactId=y\nversion=1\n"}
    assert _found("y-1.jar", files) == [("org.x:y", "1")]
    assert _found("lib/z.jar", {"pom.properties": b"groupId=a\nartifactId=b\nversion=${project.version}\n"}) == []


def test_manifest_joins_continuation_lines_and_ends_with_its_main_section() -> None:
    body = (
        b"Manifest-Version: 1.0\r\nBundle-SymbolicName: com.exam\r\n ple.x;singleton:=true\r\n\r\nName: a\r\nX: y\r\n"
    )
    assert parse_manifest(body) == {
        "manifest-version": "1.0",
        "bundle-symbolicname": "com.example.x;singleton:=true",
    }


@pytest.mark.parametrize(
    ("path", "artifact"),
    [
        ("a/guava-31.1-jre.jar", Artifact("", "guava", "31.1-jre")),
        ("org.apache.felix.framework-1.2.3.jar", Artifact("org.apache.felix", "org.apache.felix.framework", "1.2.3")),
        ("guava-r09.jar", Artifact("", "guava", "r09")),
        ("scala-library_2.12.jar", Artifact("", "scala-library", "2.12")),
        ("spire_2.12-0.17.0.jar", Artifact("", "spire_2.12", "0.17.0")),
        ("tools.jar", Artifact("", "tools", "")),
    ],
)
def test_file_name_tells_artifact_and_version(path: str, artifact: Artifact) -> None:
    assert from_file_name(path) == artifact


@pytest.mark.parametrize(
    ("path", "manifest", "artifact"),
    [
        (
            "es-8.jar",
            {"implementation-title": "org.elasticsearch#server;8.14.3"},
            ("org.elasticsearch", "server", "8.14.3"),
        ),
        (
            "failureaccess-1.0.1.jar",
            {"bundle-symbolicname": "com.google.guava.failureaccess", "bundle-version": "1.0.1"},
            ("com.google.guava", "failureaccess", "1.0.1"),
        ),
        (
            "junit-4.12.jar",
            {"implementation-title": "JUnit", "implementation-version": "4.12"},
            ("junit", "junit", "4.12"),
        ),
        (
            "lib/catalina.jar",
            {
                "bundle-symbolicname": "org.apache.tomcat-catalina",
                "implementation-title": "Apache Tomcat",
                "implementation-version": "9.0.70",
            },
            ("org.apache.tomcat", "tomcat-catalina", "9.0.70"),
        ),
        (
            "asm-9.4.jar",
            {"bundle-symbolicname": "org.objectweb.asm", "implementation-version": "9.4-X"},
            ("org.objectweb.asm", "asm", "9.4"),
        ),
        (
            "plugin.jpi",
            {"short-name": "git", "group-id": "org.jenkins-ci.plugins", "plugin-version": "4.1 (private)"},
            ("org.jenkins-ci.plugins", "git", "4.1"),
        ),
    ],
)
def test_identity_without_pom(path: str, manifest: dict[str, str], artifact: tuple[str, str, str]) -> None:
    assert identify(path, manifest) == Artifact(*artifact)
