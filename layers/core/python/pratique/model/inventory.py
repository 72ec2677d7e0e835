"""What one layer holds, as it is stored, and what an image holds, folded from its layers."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from pratique.errors import StoreError
from pratique.model.coverage import LeftOutFiles, Reason
from pratique.model.digest import DiffId, Digest
from pratique.model.distribution import Distribution
from pratique.model.package import InstalledPackage, Package
from pratique.model.sample import FileMatch, ImageSample, ScannedFile


class Diversion(Struct, frozen=True):
    """The file that packages other than ``package`` (empty: every package) bring for ``path`` lies at ``target``."""

    path: str
    target: str
    package: str = ""


class FileInventory(Struct, frozen=True):
    """What one extractor read from one file.

    ``packages`` may be empty: the file still replaces a file of that path in a lower layer.  ``owns`` is
    the paths (no leading ``/``) that the packages of this file own, as (index into ``packages``, path); only
    paths are kept that language packages or binaries may be read from.  ``owner`` is set where the file lists
    what a package of another file owns (dpkg's ``.list``): it is that package's name, and each index is -1.
    ``unread`` says in words which parts of the file could not be read while the rest could.  ``checksums`` are those
    that the package manager keeps of programs and scripts, as (index as in ``owns``, path, hexadecimal digits: MD5,
    SHA-1 or SHA-256 by their number); ``diversions`` say that files of other packages lie elsewhere.
    """

    path: str
    extractor: str
    packages: tuple[Package, ...] = ()
    distribution: Distribution | None = None
    owns: tuple[tuple[int, str], ...] = ()
    owner: str = ""
    unread: tuple[str, ...] = ()
    checksums: tuple[tuple[int, str, str], ...] = ()
    diversions: tuple[Diversion, ...] = ()


class LayerReport(Struct, frozen=True):
    """Everything pratique will ever want to know of one layer, read once.

    ``names`` gives, for every folder with entries that are not folders, its path and their names with a ``/`` between
    them: most are never asked for, so that they are not taken apart.  ``folders`` holds the path of every folder entry,
    ``whiteouts`` the paths that the layer deletes and ``opaques`` the folders whose lower content it hides; all without
    a leading ``/``.  ``links`` maps symbolic links to their targets as written.  Sizes are bytes.
    ``left_out`` counts the files that the malware detectors did not look at.  Of those that they did, ``packaged`` are
    the ones that system packages have a say in; all of them are in ``scanned_json``, which only new hash lists and
    rules ask for (see `scanned`).
    """

    diff_id: DiffId
    digest: Digest
    analyzer_version: str
    compressed_bytes: int
    expanded_bytes: int
    files: tuple[FileInventory, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    folders: tuple[str, ...] = ()
    whiteouts: tuple[str, ...] = ()
    opaques: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    matches: tuple[FileMatch, ...] = ()
    files_scanned: int = 0
    bytes_scanned: int = 0
    rules_revision: str = ""
    reasons: tuple[Reason, ...] = ()
    packaged: tuple[ScannedFile, ...] = ()
    scanned_json: msgspec.Raw = msgspec.Raw(b"[]")
    left_out: tuple[LeftOutFiles, ...] = ()

    @property
    def entries(self) -> int:
        """How many entries are not folders."""
        return sum(names.count("/") + 1 for _, names in self.names)

    @property
    def scanned(self) -> tuple[ScannedFile, ...]:
        """Every file that the malware detectors looked at, members of archives too, read anew each time.

        Raises StoreError where what was stored is damaged.
        """
        try:
            return msgspec.json.decode(self.scanned_json, type=tuple[ScannedFile, ...])
        except msgspec.ValidationError as error:
            raise StoreError(f"the scanned files of a layer report are damaged: {error}") from error


class ImageInventory(Struct, frozen=True):
    """What an image holds: ``packages`` are effective, ``shadowed`` ones were removed by a higher layer."""

    distribution: Distribution | None
    packages: tuple[InstalledPackage, ...]
    shadowed: tuple[InstalledPackage, ...] = ()
    samples: tuple[ImageSample, ...] = ()
    reasons: tuple[Reason, ...] = ()


class AnalyzedImage(Struct, frozen=True):
    """All that is known of an image before any advisory is asked; a rematch needs nothing else.

    ``layers_read`` of ``layers`` have a report; ``files`` counts entries that are no folders over all of them,
    ``files_scanned`` and ``bytes_scanned`` what the malware detectors of ``rules_revision`` saw, ``left_out`` what
    they did not.  ``hashes_revision`` are the hash lists that the files were looked up in, empty for none.
    """

    inventory: ImageInventory
    layers: int
    layers_read: int
    files: int
    files_scanned: int
    bytes_scanned: int
    rules_revision: str
    left_out: tuple[LeftOutFiles, ...] = ()
    hashes_revision: str = ""
