"""Which Maven artifact a jar is, from its ``pom.properties``, its manifest and its file name, in that order.

https://maven.apache.org/shared/maven-archiver/#pom-properties-content,
https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#jar-manifest and, for bundle names,
https://felix.apache.org/documentation/subprojects/apache-felix-maven-bundle-plugin-bnd.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_VERSION = re.compile(r"[vV]?\d[A-Za-z0-9._+~-]*")
# `artifact-1.2.3`, `artifact-r09`; versions may hold dashes: guava-31.1-jre
_NAME_AND_VERSION = re.compile(r"(?P<name>.+?)[-_](?P<version>(?:\d|r\d|build\d).*)")
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
    ("hibernate-core", "org.hibernate"),
    ("kotlin-", "org.jetbrains.kotlin"),
    ("kotlinx-", "org.jetbrains.kotlinx"),
    ("okhttp", "com.squareup.okhttp3"),
    ("okio", "com.squareup.okio"),
    ("scala-", "org.scala-lang"),
    ("lucene-", "org.apache.lucene"),
    ("elasticsearch", "org.elasticsearch"),
    ("kafka-clients", "org.apache.kafka"),
    ("kafka_", "org.apache.kafka"),
    ("groovy", "org.codehaus.groovy"),
    ("bcprov-", "org.bouncycastle"),
    ("bcpkix-", "org.bouncycastle"),
    ("h2", "com.h2database"),
    ("xercesImpl", "xerces"),
    ("xml-apis", "xml-apis"),
    ("ant", "org.apache.ant"),
    ("ivy", "org.apache.ivy"),
    ("derby", "org.apache.derby"),
    ("zookeeper", "org.apache.zookeeper"),
    ("jackson-", "com.fasterxml.jackson.core"),
    ("reactor-core", "io.projectreactor"),
    ("byte-buddy", "net.bytebuddy"),
    ("micrometer-", "io.micrometer"),
)


@dataclass(frozen=True, slots=True)
class Artifact:
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

    A dotted name begins with its group: org.apache.felix.framework is of org.apache.felix.
    """
    stem = path.rpartition("/")[2].rpartition(".")[0]
    match = _NAME_AND_VERSION.fullmatch(stem)
    artifact, version = (match["name"], match["version"]) if match else (stem, "")
    return Artifact(artifact.rpartition(".")[0], artifact, version)


def identify(path: str, manifest: Mapping[str, str]) -> Artifact:
    """Return the coordinates of the jar at ``path`` that brings no pom.properties of its own.

    The artifact is the file's name without its version, which is how repositories name jars, or the manifest's
    title; the version is the manifest's, or the file name's.  Where nothing tells the group, the
    artifact's own name stands for it, as it does for Maven's oldest artifacts (log4j:log4j).
    """
    ivy = _IVY_TITLE.fullmatch(manifest.get("implementation-title", ""))
    if ivy:
        return Artifact(ivy["group"], ivy["artifact"], ivy["version"])
    named = from_file_name(path)
    artifact = named.artifact
    if not named.version:
        artifact = (
            _first_id(manifest, "short-name", "implementation-title", "specification-title", "bundle-name") or artifact
        )
    version = _version(manifest, named.version)
    return Artifact(_group(manifest, artifact) or named.group or artifact, artifact, version)


def _version(manifest: Mapping[str, str], of_file: str) -> str:
    stated = [
        _VERSION.fullmatch((manifest.get(name, "").split() or [""])[0])
        for name in ("implementation-version", "plugin-version", "bundle-version", "specification-version")
    ]
    found = [match[0] for match in stated[:2] if match] + [of_file] + [match[0] for match in stated[2:] if match]
    return next((version for version in found if version), "")


def _group(manifest: Mapping[str, str], artifact: str) -> str:
    known = next((group for prefix, group in _GROUPS if artifact == prefix or _begins(artifact, prefix)), "")
    if known:
        return known
    stated = _first_id(manifest, "group-id", "implementation-vendor-id")
    if stated:
        return stated
    bundle = manifest.get("bundle-symbolicname", "").partition(";")[0].strip()
    if _ID.fullmatch(bundle) and "." in bundle:
        # The plugin names a bundle group.artifact; the artifact itself may hold dots.
        return bundle.removesuffix(f".{artifact}") if bundle.endswith(f".{artifact}") else bundle.rpartition(".")[0]
    dotted = (_first_id(manifest, name) for name in ("extension-name", "implementation-vendor", "specification-vendor"))
    return next((name for name in dotted if "." in name), "")


def _begins(artifact: str, prefix: str) -> bool:
    return prefix.endswith(("-", "_")) and artifact.startswith(prefix)


def _first_id(manifest: Mapping[str, str], *names: str) -> str:
    values = (manifest.get(name, "") for name in names)
    return next((value for value in values if _ID.fullmatch(value)), "")
