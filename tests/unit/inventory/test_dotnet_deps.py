""".NET deps.json files."""

from __future__ import annotations

import json

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.dotnet_deps import parse_deps

_DOCUMENT = {
    "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64", "signature": ""},
    "targets": {
        ".NETCoreApp,Version=v8.0/linux-x64": {
            "Own/1.0.0": {"runtime": {"Own.dll": {}}},
            "Newtonsoft.Json/13.0.1": {"runtime": {"lib/netstandard2.0/Newtonsoft.Json.dll": {}}},
            "BuildOnly/1.0.0": {},
        }
    },
    "libraries": {
        "Own/1.0.0": {"type": "project"},
        "Newtonsoft.Json/13.0.1": {"type": "package"},
        "BuildOnly/1.0.0": {"type": "package"},
        "Unlisted/2.0.0": {"type": "package"},
        "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.0": {"type": "runtimepack"},
        "broken": {"type": "package"},
    },
}


def test_deps_lists_packages_with_files_and_the_runtime_pack() -> None:
    found = [(package.name, package.version) for package in parse_deps(json.dumps(_DOCUMENT).encode())]
    assert found == [
        ("Newtonsoft.Json", "13.0.1"),
        ("Unlisted", "2.0.0"),
        ("Microsoft.NETCore.App.Runtime.linux-x64", "8.0.0"),
    ]


@pytest.mark.parametrize("body", [b"[]", b"{}", b"no"])
def test_deps_without_libraries_is_an_error(body: bytes) -> None:
    with pytest.raises(ExtractorError):
        list(parse_deps(body))
