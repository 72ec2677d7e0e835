"""Globs over paths inside an image, which people write into allow-lists and suppressions."""

from __future__ import annotations

import fnmatch
import functools
import re


def path_fits(glob: str, path: str) -> bool:
    """Whether a glob is about a path, the whole of it; a leading ``/`` of the glob does not count.

    ``*`` and ``?`` stay inside one folder, a part ``**`` is any folders.  However a glob is written, it cannot
    make this slow.
    """
    parts = path.split("/")
    wanted = glob.removeprefix("/").split("/")
    places = {0}
    for number, want in enumerate(wanted, start=1):
        if want == "**":
            # At the end something must follow: what stands in a folder is not the folder.
            places = set(range(min(places) + (number == len(wanted)), len(parts) + 1))
        else:
            fits = _part_pattern(want).fullmatch
            places = {place + 1 for place in places if place < len(parts) and fits(parts[place])}
        if not places:
            return False
    return len(parts) in places


@functools.lru_cache(maxsize=1024)
def _part_pattern(glob: str) -> re.Pattern[str]:
    # A bracket stands for itself; the library's expression never goes back behind a star that has matched.
    return re.compile(fnmatch.translate(glob.replace("[", "[[]")))
