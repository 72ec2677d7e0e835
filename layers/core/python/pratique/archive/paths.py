"""Paths of tar entries, brought to one form: inside the image's root, no leading ``/``, no ``.`` and ``..``."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.archive.limits import Limits
from pratique.errors import ArchiveError


def normalise(raw: bytes, limits: Limits) -> str:
    r"""Return the path of an entry named ``raw``; the root itself is the empty path.

    ``.`` and ``..`` are resolved by name alone, as container runtimes do before they unpack.  Bytes that are
    not UTF-8 are written as ``\\xNN``.  Raises ArchiveError for a path that leaves the root or is over a limit.
    """
    if len(raw) > limits.path_bytes:
        raise ArchiveError(f"a path is longer than {limits.path_bytes} bytes")
    path = raw.decode("utf-8", "backslashreplace")
    if raw[:1] in {b"/", b"."} or raw[-1:] == b"/" or b"/." in raw or b"//" in raw or b"\0" in raw:
        path = _resolved(path)
    if path.count("/") > limits.path_depth:
        raise ArchiveError(f"a path is deeper than {limits.path_depth} folders")
    return path


def _resolved(path: str) -> str:
    if "\0" in path:
        raise ArchiveError("a path holds a NUL character", path=path.replace("\0", "\\x00")[:300])
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                raise ArchiveError("a path leaves the image's root", path=path[:300])
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


class Links:
    """The symbolic links of a tree, for finding where an entry below one of them really lies."""

    _MOST_HOPS = 40  # as Linux allows

    def __init__(self) -> None:
        """Start with none."""
        self._targets: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def add(self, path: str, target: str) -> None:
        """Remember a link; ``target`` is as written, relative to the link's folder or absolute from the root."""
        self._targets[path] = target
        self._folders.clear()

    def discard(self, path: str) -> None:
        """Forget a link that something else has replaced."""
        if self._targets.pop(path, None) is not None:
            self._folders.clear()

    def __iter__(self) -> Iterator[str]:
        """Yield the path of every link."""
        return iter(tuple(self._targets))

    def locate(self, path: str) -> str:
        """Return where an entry named ``path`` lies once the links among its folders are followed.

        A loop, or a link that leads out of the root, ends at the root's own border, as in a container.
        """
        folder, slash, name = path.rpartition("/")
        if not slash or not self._targets:
            return path
        found = self._folders.get(folder)
        if found is None:
            found = self._folders[folder] = self.follow(folder)
        return path if found == folder else f"{found}/{name}" if found else name

    def follow(self, path: str) -> str:
        """Return where ``path`` itself leads when it and its folders may be links."""
        waiting = path.split("/")[::-1]
        done: list[str] = []
        hops = 0
        while waiting:
            part = waiting.pop()
            if part == "..":
                del done[-1:]
                continue
            if part in {"", "."}:
                continue
            done.append(part)
            target = self._targets.get("/".join(done))
            if target is not None and hops < self._MOST_HOPS:
                hops += 1
                done.pop()
                if target.startswith("/"):
                    done.clear()
                waiting.extend(target.split("/")[::-1])
        return "/".join(done)
