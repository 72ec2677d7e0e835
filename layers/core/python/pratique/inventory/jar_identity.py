"""Which Maven artifact a jar is: from its ``pom.properties``, else from a file name with a version, else its manifest.

The order is explained in docs/decisions/0003-what-a-jar-is-called.md.

https://maven.apache.org/shared/maven-archiver/#pom-properties-content,
https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#jar-manifest and, for bundle names,
https://felix.apache.org/documentation/subprojects/apache-felix-maven-bundle-plugin-bnd.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_VERSION = re.compile(r"[vV]?\d[A-Za-z0-9._+~-]*")
# `artifact-1.2.3`, `artifact-r09`; versions may hold dashes (guava-31.1-jre), artifacts underscores (spire_2.12)
_NAME_AND_VERSION = tuple(re.compile(rf"(?P<name>.+?){mark}(?P<version>(?:\d|r\d|build\d).*)") for mark in "-_")
_DOTTED_NAME = re.compile(r"[a-z]+(?:\.[a-z][a-z0-9]*)+\.[A-Za-z][A-Za-z0-9-]*")
# What the Ivy and Gradle publishers of some projects write: org.elasticsearch#server;8.14.3
_IVY_TITLE = re.compile(r"(?P<group>[\w.-]+)#(?P<artifact>[\w.-]+);(?P<version>[\w.+-]+)")

# Groups of widespread artifacts whose jars carry no pom.properties, by name or, with a dash, by its beginning.
_GROUPS = (
    ("spring-security-", "org.springframework.security"),
    ("spring-boot-", "org.springframework.boot"),
    ("spring-boot", "org.springframework.boot"),
    ("spring-data-", "org.springframework.data"),
    ("spring-integration-", "org.springframework.integration"),
    ("spring-batch-", "org.springframework.batch"),
    ("spring-cloud-", "org.springframework.cloud"),
    ("spring-kafka", "org.springframework.kafka"),
    ("spring-", "org.springframework"),
    ("tomcat-embed-", "org.apache.tomcat.embed"),
    ("tomcat-", "org.apache.tomcat"),
    ("log4j-", "org.apache.logging.log4j"),
    ("commons-collections", "commons-collections"),
    ("commons-beanutils", "commons-beanutils"),
    ("commons-fileupload", "commons-fileupload"),
    ("commons-httpclient", "commons-httpclient"),
    ("commons-logging", "commons-logging"),
    ("commons-logging-", "commons-logging"),
    ("commons-codec", "commons-codec"),
    ("commons-lang", "commons-lang"),
    ("commons-io", "commons-io"),
    ("hibernate-core", "org.hibernate"),
    ("kotlin-", "org.jetbrains.kotlin"),
    ("kotlinx-", "org.jetbrains.kotlinx"),
    ("okhttp", "com.squareup.okhttp3"),
    ("okio", "com.squareup.okio"),
    ("gson", "com.google.code.gson"),
    ("guice", "com.google.inject"),
    ("scala-library", "org.scala-lang"),
    ("scala-compiler", "org.scala-lang"),
    ("scala-reflect", "org.scala-lang"),
    ("lucene-", "org.apache.lucene"),
    ("elasticsearch", "org.elasticsearch"),
    ("kafka-clients", "org.apache.kafka"),
    ("kafka_", "org.apache.kafka"),
    ("libthrift", "org.apache.thrift"),
    ("velocity", "org.apache.velocity"),
    ("groovy", "org.codehaus.groovy"),
    ("bcprov-", "org.bouncycastle"),
    ("bcpkix-", "org.bouncycastle"),
    ("h2", "com.h2database"),
    ("xercesImpl", "xerces"),
    ("ant", "org.apache.ant"),
    ("ant-", "org.apache.ant"),
    ("ivy", "org.apache.ivy"),
    ("derby", "org.apache.derby"),
    ("zookeeper", "org.apache.zookeeper"),
    ("jackson-core-asl", "org.codehaus.jackson"),
    ("jackson-mapper-asl", "org.codehaus.jackson"),
    ("jta", "javax.transaction"),
    ("reactor-core", "io.projectreactor"),
    ("byte-buddy", "net.bytebuddy"),
    ("micrometer-", "io.micrometer"),
)

# Old Commons builds state it as their vendor's id; no artifact is published in it.
_TOO_WIDE = "org.apache"


class Artifact(Struct, frozen=True):
    """Maven's coordinates; each may be empty where it is not known."""

    group: str
    artifact: str
    version: str

    @property
    def is_whole(self) -> bool:
        """Whether all three are known and no build left a placeholder in them."""
        return all((self.group, self.artifact, self.version)) and "${" not in self.group + self.artifact + self.version


def parse_properties(body: bytes) -> Artifact:
    """Read the coordinates from a ``pom.properties``."""
    fields: dict[str, str] = {}
    for line in body.decode("utf-8", "replace").splitlines():
        key, separator, value = line.replace(":", "=", 1).partition("=") if "=" not in line else line.partition("=")
        if separator and not key.lstrip().startswith(("#", "!")):
            fields[key.strip()] = value.strip()
    return Artifact(fields.get("groupId", ""), fields.get("artifactId", ""), fields.get("version", ""))


def parse_manifest(body: bytes) -> dict[str, str]:
    """Return the attributes of a manifest's main section, names in lower case, continuation lines joined."""
    text = body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    fields: dict[str, str] = {}
    for line in text.partition("\n\n")[0].replace("\n ", "").split("\n"):
        key, colon, value = line.partition(":")
        if colon:
            fields.setdefault(key.strip().lower(), value.strip())
    return fields


def from_file_name(path: str) -> Artifact:
    """Return what the file name tells; the version is empty where the name ends without one.

    A name of three dotted parts or more begins with its group: org.apache.felix.framework is of org.apache.felix.
    """
    stem = path.rpartition("/")[2].rpartition(".")[0]
    match = next(filter(None, (pattern.fullmatch(stem) for pattern in _NAME_AND_VERSION)), None)
    artifact, version = (match["name"], match["version"]) if match else (stem, "")
    group = artifact.rpartition(".")[0] if _DOTTED_NAME.fullmatch(artifact) else ""
    return Artifact(group, artifact, version)


def identify(path: str, manifest: Mapping[str, str]) -> Artifact:
    """Return the coordinates of the jar at ``path`` that brings no pom.properties of its own.

    A file name with a version is what a repository called the artifact, and is believed; else the
    manifest tells.  Where nothing tells the group, the artifact's own name stands for it, as it does for Maven's
    oldest artifacts (log4j:log4j).
    """
    ivy = _IVY_TITLE.fullmatch(manifest.get("implementation-title", ""))
    if ivy:
        return Artifact(ivy["group"], ivy["artifact"], ivy["version"])
    named = from_file_name(path)
    artifact = named.artifact if named.version else _stated_artifact(manifest, named.artifact)
    version = named.version or _stated_version(manifest)
    return Artifact(_group(manifest, artifact) or named.group or artifact, artifact, version)


def _stated_artifact(manifest: Mapping[str, str], stem: str) -> str:
    """Return the artifact of a file called ``stem`` alone: catalina.jar is the bundle org.apache.tomcat-catalina."""
    last = _bundle(manifest).rpartition(".")[2]
    if last.endswith(f"-{stem}"):
        return last
    titles = ("short-name", "implementation-title", "specification-title", "bundle-name")
    return _first_id(manifest, *titles) or stem


def _stated_version(manifest: Mapping[str, str]) -> str:
    for name in ("implementation-version", "plugin-version", "bundle-version", "specification-version"):
        match = _VERSION.fullmatch((manifest.get(name, "").split() or [""])[0])
        if match:
            return match[0]
    return ""


def _bundle(manifest: Mapping[str, str]) -> str:
    name = manifest.get("bundle-symbolicname", "").partition(";")[0].strip()
    return name if _ID.fullmatch(name) else ""


def _group(manifest: Mapping[str, str], artifact: str) -> str:
    known = next((group for prefix, group in _GROUPS if artifact == prefix or _begins(artifact, prefix)), "")
    if known:
        return known
    stated = _first_id(manifest, "group-id", "implementation-vendor-id")
    if stated and stated != _TOO_WIDE:
        return stated
    bundle = _bundle(manifest)
    if "." in bundle:
        # The plugin names a bundle group.artifact; the artifact itself may hold dots.
        group = bundle.removesuffix(f".{artifact}") if bundle.endswith(f".{artifact}") else bundle.rpartition(".")[0]
        # `com.google`, `org.apache`, `javax` are no groups; there the bundle is called what the group is.
        return group if group.count(".") > 1 else bundle
    dotted = (_first_id(manifest, name) for name in ("extension-name", "implementation-vendor", "specification-vendor"))
    return next((name for name in dotted if "." in name), "")


def _begins(artifact: str, prefix: str) -> bool:
    return prefix.endswith(("-", "_")) and artifact.startswith(prefix)


def _first_id(manifest: Mapping[str, str], *names: str) -> str:
    values = (manifest.get(name, "") for name in names)
    return next((value for value in values if _ID.fullmatch(value)), "")
