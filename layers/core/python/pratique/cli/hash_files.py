"""Files of hashes of known bad files, as the command line takes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pratique.cli.target_run import tell
from pratique.errors import InvalidValue
from pratique.malware.hash_lists import HashLists, joined, read_list


def read_hash_files(paths: Sequence[Path]) -> HashLists:
    """Return the lists in files, put together; a line that cannot be read is counted on standard error.

    Raises InvalidValue for a file that cannot be read or holds no hash at all.
    """
    read = []
    for path in paths:
        try:
            found = read_list(path.name, path.read_text(encoding="utf-8", errors="replace"))
        except OSError as error:
            raise InvalidValue(f"--hashes {path}: {error.strerror}") from error
        if not found.entries:
            raise InvalidValue(f"--hashes {path}: no hash is in it")
        if found.refused:
            tell(f"{path}: {found.refused} lines are of no known form")
        read.append(found)
    return joined(read)
