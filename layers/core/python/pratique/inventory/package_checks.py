"""What an image's system packages say against its programs: changed ones, and set-uid ones that no package brought.

* ``changed_system_file``: a program or script of a system package whose content has another checksum than the package
  manager keeps of it or, where that hash was not taken, another content than the layer of the package brought.  A
  warning for programs, a notice for scripts, which people patch at times.
* ``set_uid_outside_packages``: a set-uid or set-gid program that no package brought, or that was made so after its
  package was installed.  Urgent where it is a copy of a shell or an interpreter; a notice where the image has no list
  of what its packages own, so that nothing can be said of any file; else a warning.

Only what is in the final image is judged, and only if every layer was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pratique.inventory.image_tree import ImageTree, PlacedFile
from pratique.inventory.owned_paths import SET_ID
from pratique.inventory.ownership import Owners, PackagedFile
from pratique.model.sample import (
    STRUCTURE_PACK,
    Behaviour,
    Detector,
    FileMatch,
    FileType,
    Level,
    RuleMatch,
)

_SET_UID, _EXECUTE = 0o4000, 0o111
_ALGORITHMS = {32: "MD5", 40: "SHA-1", 64: "SHA-256"}
_RUNS_ANYTHING = re.compile(
    r"(?:^|/)s?bin/(?:(?:[akz]|ba|da|c|tc|fi|mk)?sh|busybox|perl|python|ruby|lua|node|php)[\d.]*$"
)


def package_matches(tree: ImageTree, owners: Owners) -> Iterator[tuple[FileMatch, int]]:
    """Yield what there is to say, each with the index of the layer that put the file there."""
    shells = {placed.file.sha256: path for path, placed in sorted(tree.scanned.items()) if _RUNS_ANYTHING.search(path)}
    for path, placed in tree.scanned.items():
        packaged = owners.files.get(path)
        rules = (*_changed(placed, packaged), *_set_uid(placed, packaged, owners, shells))
        if rules:
            yield FileMatch(path, placed.file.sha256, placed.file.size, rules), placed.since


def _changed(placed: PlacedFile, packaged: PackagedFile | None) -> Iterator[RuleMatch]:
    checksums = packaged.checksums if packaged is not None else {}
    if packaged is None or not checksums or (packaged.owner and packaged.owner not in checksums.values()):
        return  # the last: another package took the file over, and keeps no checksum of it
    file = placed.file
    seen = {32: file.md5, 40: file.sha1, 64: file.sha256}
    known = [checksum for checksum in checksums if seen.get(len(checksum))]
    difference = _by_checksum(seen, known) if known else _by_layer(placed, packaged)
    if difference:
        yield _match(
            "changed_system_file",
            Level.WARNING if file.type is FileType.ELF else Level.NOTICE,
            f"The file of {next(iter(checksums.values()))} is not what was installed: {difference}",
            (Behaviour.CONCEALMENT, Behaviour.PERSISTENCE),
        )


def _by_checksum(seen: Mapping[int, str], known: Sequence[str]) -> str:
    if any(seen[len(checksum)] == checksum for checksum in known):
        return ""
    expected = known[0]
    return f"its {_ALGORITHMS[len(expected)]} is {seen[len(expected)]}, the package says {expected}"


def _by_layer(placed: PlacedFile, packaged: PackagedFile) -> str:
    installed = placed.at(packaged.since)
    if installed is None or installed.file.sha256 == placed.file.sha256:
        return ""
    return f"its SHA-256 is {placed.file.sha256}, in the layer of the package it was {installed.file.sha256}"


def _set_uid(
    placed: PlacedFile, packaged: PackagedFile | None, owners: Owners, shells: dict[str, str]
) -> Iterator[RuleMatch]:
    file = placed.file
    if not file.mode & SET_ID or not file.mode & _EXECUTE or owners.owner(file.path, placed.since):
        return
    kind = "set-uid" if file.mode & _SET_UID else "set-gid"
    owner = packaged.owner if packaged is not None else ""
    said = f"was made {kind} or replaced after {owner} was installed" if owner else "belongs to no system package"
    level = Level.WARNING if owners.files else Level.NOTICE
    copied = shells.get(file.sha256)
    if copied is not None and copied != file.path:
        said, level = f"{said} and is a copy of {copied}", Level.URGENT
    yield _match(
        "set_uid_outside_packages",
        level,
        f"A {kind} program (mode {file.mode & 0o7777:04o}, user {file.uid}, group {file.gid}) {said}",
        (Behaviour.PRIVILEGE_ESCALATION,),
    )


def _match(rule: str, level: Level, description: str, behaviours: tuple[Behaviour, ...]) -> RuleMatch:
    return RuleMatch(
        rule=rule,
        pack=STRUCTURE_PACK,
        level=level,
        description=description,
        detector=Detector.STRUCTURE,
        behaviours=behaviours,
    )
