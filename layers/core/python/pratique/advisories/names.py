"""How each ecosystem compares package names, so that an advisory's spelling and a package's meet."""

from __future__ import annotations

import re

_HYPHENS = re.compile(r"--+")
_BITNAMI = {"httpd": "apache"}
_CASE_INSENSITIVE = frozenset({"NuGet", "Packagist", "Hex", "Pub", "GitHub Actions", "SwiftURL"})


def base_of(ecosystem: str) -> str:
    """Return an ecosystem without its release: ``Debian`` for ``Debian:12``."""
    return ecosystem.partition(":")[0]


def normalised_name(ecosystem: str, name: str) -> str:
    """Return ``name`` as ``ecosystem`` (with or without release) compares names.

    PyPI folds case and runs of ``-``, ``_`` and ``.`` (PEP 503, https://peps.python.org/pep-0503/#normalized-names);
    NuGet, Packagist and a few others fold case; Bitnami calls some programs otherwise than they call themselves; the
    rest compare names as they are.
    """
    base = base_of(ecosystem)
    if base == "PyPI":
        return _pep503(name)
    if base == "Bitnami":
        return _BITNAMI.get(name, name)
    return name.lower() if base in _CASE_INSENSITIVE else name


def _pep503(name: str) -> str:
    """Fold a name; an expression over every name would be half the time of looking packages up."""
    folded = name.lower().replace("_", "-").replace(".", "-")
    return _HYPHENS.sub("-", folded) if "--" in folded else folded
