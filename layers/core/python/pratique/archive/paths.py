"""Paths of tar entries, brought to one form: inside the image's root, no leading ``/``, no ``.`` and ``..``."""

from __future__ import annotations

from collections.abc import Callable

from pratique.archive.limits import Limits
from pratique.errors import ArchiveError

_MARK = "\N{REPLACEMENT CHARACTER}"
_SURROGATES = range(0xDC80, 0xDD00)
_MOST_HOPS = 40  # as Linux allows


class PathRefused(ArchiveError):
    """A path does not lie inside the image's root, or is over a limit."""


def decode_name(raw: bytes) -> str:
    r"""Return a name as text that every encoder takes, different for different names.

    A byte that is not UTF-8 becomes U+FFFD and ``\xNN``; so does each byte of a U+FFFD that a name really has.
    """
    if raw.isascii():
        return raw.decode("ascii")
    text = raw.decode("utf-8", "surrogateescape")
    if text.isprintable() and _MARK not in text:
        return text
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if character == _MARK:
        return "".join(f"{_MARK}\\x{byte:02x}" for byte in _MARK.encode())
    code = ord(character)
    return f"{_MARK}\\x{code - 0xDC00:02x}" if code in _SURROGATES else character


def normalise(name: str, limits: Limits) -> str:
    """Return the path of an entry called ``name``; the root itself is the empty path.

    ``.`` and ``..`` are resolved by name alone, as container runtimes do before they unpack.  Raises PathRefused for
    a path that leaves the root or is over a limit.
    """
    path = name[2:] if name.startswith("./") else name
    if path.endswith("/"):
        path = path[:-1]
    # Most names are through here: no empty part and none that begins with a dot.
    if not path or "//" in path or "/." in path or path[0] in "/." or path[-1] == "/":
        path = _resolved(path)
    if len(path) > min(limits.path_depth, limits.path_bytes // 4) and (
        path.count("/") >= limits.path_depth or len(path.encode()) > limits.path_bytes
    ):
        raise PathRefused(f"a path is longer than {limits.path_bytes} bytes or deeper than {limits.path_depth} folders")
    return path


def _resolved(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                raise PathRefused("a path leaves the image's root")
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def follow(path: str, target_of: Callable[[str], str | None]) -> str | None:
    """Return where ``path`` leads when it and its folders may be symbolic links, None where they go in circles.

    ``target_of`` answers a link's target as written and None for what is no link.  As in a container, a link that
    leads out of the root ends at the root.
    """
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
        target = target_of("/".join(done))
        if target is None:
            continue
        hops += 1
        if hops > _MOST_HOPS:
            return None
        done.pop()
        if target.startswith("/"):
            done.clear()
        waiting.extend(target.split("/")[::-1])
    return "/".join(done)
