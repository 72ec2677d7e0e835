"""rpm modules: the same package name, built apart for each stream of a module.

https://docs.fedoraproject.org/en-US/modularity/
"""

from __future__ import annotations

from pratique.model.advisory import Statement
from pratique.model.package import Package, PackageType

_MODULAR = ".module"  # how the release of a package that was built in a module says so: `1.module+el8.9.0+21536`


def other_module(statement: Statement, package: Package) -> str:
    """Return why an rpm of one module stream (or of none) is not what a statement about another is about.

    Empty where it may be.  Streams are built apart, so neither another stream's fix nor that of the package outside
    any module says anything of a version's flaws.
    """
    if package.type is not PackageType.RPM:
        return ""
    stream = ":".join(package.module.split(":")[:2])
    modular = bool(stream) or _MODULAR in package.version
    fixes = [span.fixed for span in statement.intervals if span.fixed]
    about_module = bool(statement.module) or any(_MODULAR in fixed for fixed in fixes)
    if about_module and not modular:
        return f"the advisory is about {_stream(statement.module)}, the package is of none"
    if modular and fixes and not about_module:
        return f"the package is of {_stream(stream)}, the advisory is about none"
    streams = statement.module.split()
    if streams and not stream and all(_is_other_version(package, name) for name in streams):
        return f"the advisory is about {_stream(statement.module)}, the package's version is another stream's"
    if streams and stream and stream not in streams:
        return f"the advisory is about {_stream(statement.module)}, the package is of {stream}"
    return ""


def stream_is_open(statement: Statement, package: Package) -> bool:
    """Return whether a package's stream is not recorded and would decide whether the statement is about it.

    Where a stream is named by a version (``nodejs:18``), the package's own version tells.
    """
    if not statement.module or package.module:
        return False
    return not any(_is_version_of(package, name) for name in statement.module.split())


def _is_version_of(package: Package, stream: str) -> bool:
    number = stream.partition(":")[2]
    upstream = package.version.rpartition(":")[2]
    return number[:1].isdigit() and upstream.startswith((f"{number}.", f"{number}-"))


def _is_other_version(package: Package, stream: str) -> bool:
    """Return whether the package that a module is named after has another version than the stream's name."""
    module, _, number = stream.partition(":")
    return package.name == module and number[:1].isdigit() and not _is_version_of(package, stream)


def _stream(name: str) -> str:
    return f"the module stream {name}" if name else "a module"
