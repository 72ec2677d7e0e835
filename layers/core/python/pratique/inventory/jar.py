"""Java archives: the artifact that each is, the ones shaded into it, and the archives inside it.

Archives are opened in memory, to the depth and sizes of `Limits`; what is deeper, larger or damaged is listed as
unread while the rest is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pratique.archive.zip import ZipArchive, ZipBudget, ZipEntry
from pratique.errors import ArchiveError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.inventory.jar_identity import Artifact, from_file_name, identify, parse_manifest, parse_properties
from pratique.model.package import Package, PackageType

_JAVA_SUFFIXES = (".jar", ".war", ".ear", ".jpi", ".hpi")
ARCHIVE_SUFFIXES = (*_JAVA_SUFFIXES, ".par", ".sar", ".nar", ".kar", ".lpkg")
_PROPERTIES = "pom.properties"
_MANIFEST = "META-INF/MANIFEST.MF"
_NOT_WANTED = (b".class",)  # nearly every entry, and it tells nothing
_LARGEST_TEXT = 4 << 20
_LONGEST_TAIL = (1 << 16) + 22


class _JarReader:
    """Collects the artifacts of one archive and of those inside it."""

    def __init__(self) -> None:
        self.artifacts: dict[Artifact, None] = {}
        self.unread: list[str] = []
        self._budget = ZipBudget()

    def read(self, path: str, body: bytes, depth: int = 0) -> None:
        """Add what the archive at ``path`` holds; raises ArchiveError where it cannot be opened."""
        archive = ZipArchive(body, self._budget)
        poms: list[Artifact] = []
        manifest: dict[str, str] = {}
        inner: list[ZipEntry] = []
        for entry in archive.entries(without=_NOT_WANTED):
            basename = entry.name.rpartition("/")[2]
            if basename == _PROPERTIES:
                poms += self._properties(path, archive, entry)
            elif entry.name.upper() == _MANIFEST:
                manifest = parse_manifest(self._text(path, archive, entry))
            elif basename.lower().endswith(ARCHIVE_SUFFIXES):
                inner.append(entry)
        self.artifacts |= dict.fromkeys(poms)
        if not any(_is_of_file(pom, path) for pom in poms):
            self._add_itself(path, manifest, poms)
        for entry in inner:
            self._inner(path, archive, entry, depth + 1)

    def _add_itself(self, path: str, manifest: Mapping[str, str], poms: Sequence[Artifact]) -> None:
        """Add the archive itself where no pom.properties is its own.

        Beside others' it must be called what it says it is, have a group, and be no renamed copy of one of them.
        """
        itself = identify(path, manifest)
        if not itself.is_whole:
            return
        named = itself.group != itself.artifact and itself.artifact == from_file_name(path).artifact
        if not poms or (named and not any(_is_renamed(pom, itself) for pom in poms)):
            self.artifacts[itself] = None

    def _properties(self, path: str, archive: ZipArchive, entry: ZipEntry) -> Iterator[Artifact]:
        found = parse_properties(self._text(path, archive, entry))
        parts = entry.name.split("/")
        if (
            not found.group
            and parts[:2] == ["META-INF", "maven"]
            and len(parts) == len(("META-INF", "maven", "g", "a", "p"))
        ):
            found = Artifact(parts[2], found.artifact or parts[3], found.version)
        if found.is_whole:
            yield found

    def _text(self, path: str, archive: ZipArchive, entry: ZipEntry) -> bytes:
        if entry.expanded > _LARGEST_TEXT:
            self.unread.append(f"{path}!/{entry.name}: larger than {_LARGEST_TEXT} bytes")
            return b""
        try:
            return archive.read(entry)
        except ArchiveError as error:
            self.unread.append(f"{path}!/{entry.name}: {error.message}")
            return b""

    def _inner(self, path: str, archive: ZipArchive, entry: ZipEntry, depth: int) -> None:
        place = f"{path}!/{entry.name}"
        if depth > self._budget.limits.archive_depth:
            self.unread.append(f"{place}: more than {self._budget.limits.archive_depth} archives deep")
            return
        try:
            self.read(place, archive.read(entry), depth)
        except ArchiveError as error:
            self.unread.append(f"{place}: {error.message}")


def _is_renamed(pom: Artifact, itself: Artifact) -> bool:
    """Whether ``itself`` is the artifact of ``pom`` under another file name.

    A bundle's symbolic name goes on below its group (org.eclipse.jetty.util.ajax), a distribution's file name may say
    more than the version (1.3-spec).
    """
    below = f"{itself.group}.".startswith(f"{pom.group}.")
    return pom.artifact == itself.artifact or (below and f"{itself.version}-".startswith(f"{pom.version}-"))


def _is_of_file(pom: Artifact, path: str) -> bool:
    """Whether ``pom`` describes the archive at ``path`` itself, going by the file's name."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    if stem.replace("_", "-") == pom.artifact.replace("_", "-"):
        return True
    for name in (pom.artifact, f"{pom.group}.{pom.artifact}"):
        rest = stem.removeprefix(name)
        if not rest or (rest != stem and rest[0] in "-_" and (rest[1:2].isdigit() or rest[1:] == pom.version)):
            return True
    return False


def _parse(path: str, body: bytes) -> Parsed:
    # Other programs use the rarer endings too, for files that are no archives.
    if not body or not (path.endswith(_JAVA_SUFFIXES) or b"PK\x05\x06" in body[-_LONGEST_TAIL:]):
        return Parsed()
    reader = _JarReader()
    reader.read(path, body)
    packages = (Package(PackageType.MAVEN, f"{one.group}:{one.artifact}", one.version) for one in reader.artifacts)
    return Parsed(packages=tuple(dict.fromkeys(packages)), unread=tuple(reader.unread[:100]))


JAR = FormatExtractor(
    name="jar",
    version=3,
    paths=PathPatterns(suffixes=ARCHIVE_SUFFIXES),
    parse=_parse,
    max_bytes=256 << 20,
)
