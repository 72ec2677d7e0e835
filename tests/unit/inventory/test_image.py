from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pratique.inventory.image import fold
from pratique.model.coverage import ReasonCode
from pratique.model.inventory import ImageInventory
from pratique.model.package import InstalledPackage
from pratique.model.sample import FileMatch, Level, RuleMatch
from pratique.ports.file_scanner import FileScan, OfferedFile
from tests.image_builder import Entry, folder_entry, link
from tests.layer_reading import fold_files, layers_of, read_files

Files = dict[str, bytes | Entry]

_DEBIAN = b"ID=debian\nVERSION_ID=12\n"
_DPKG = "var/lib/dpkg/status"


def _status(*packages: str) -> bytes:
    stanzas = [package.partition(" ") for package in packages]
    return b"\n".join(
        f"Package: {name}\nStatus: install ok installed\nVersion: {version}\nArchitecture: amd64\n".encode()
        for name, _, version in stanzas
    )


def _apk(*packages: str) -> bytes:
    return b"".join(b"P:%s\nV:%s\n\n" % tuple(package.encode().split(b" ")) for package in packages)


def _metadata(name: str, version: str) -> bytes:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()


def _shown(inventory: ImageInventory) -> dict[str, tuple[list[str], str]]:
    return {
        f"{one.package.name} {one.package.version}": ([place.path for place in one.locations], one.owned_by)
        for one in inventory.packages
    }


def _names(packages: tuple[InstalledPackage, ...]) -> list[str]:
    return [f"{one.package.name} {one.package.version}" for one in packages]


def test_the_last_package_database_wins_and_versions_keep_their_layer() -> None:
    reports = [
        read_files({"etc/os-release": _DEBIAN, _DPKG: _status("a 1", "b 1", "c 1")}),
        read_files({_DPKG: _status("a 1", "b 2", "c 1")}),
        read_files({_DPKG: _status("a 1", "b 2", "d 1")}),
    ]
    layers = layers_of(reports)
    inventory = fold(layers, reports)
    since = {one.package.name: one.locations[0].layer for one in inventory.packages}
    assert _names(inventory.packages) == ["a 1", "b 2", "d 1"]
    assert since == {"a": layers[0].diff_id, "b": layers[1].diff_id, "d": layers[2].diff_id}
    assert _names(inventory.shadowed) == ["b 1", "c 1"]
    assert [one.removed_by for one in inventory.shadowed] == [layers[1].diff_id, layers[2].diff_id]
    assert {one.ecosystem for one in inventory.packages} == {"Debian:12"}
    assert inventory.reasons == ()


def test_a_package_that_was_away_is_introduced_again() -> None:
    reports = [read_files({_DPKG: _status(*names)}) for names in (["a 1", "x 1"], ["x 1"], ["a 1", "x 2"])]
    inventory = fold(layers_of(reports), reports)
    assert inventory.packages[0].locations[0].layer == reports[2].diff_id
    assert _names(inventory.shadowed) == ["x 1"]


def test_a_system_package_keeps_its_layer_when_its_database_moves() -> None:
    reports = [
        read_files({"lib/apk/db/installed": _apk("musl 1.2", "zlib 1.3")}),
        read_files({"usr/lib/apk/db/installed": _apk("musl 1.2"), "lib/apk/db/.wh.installed": b""}),
    ]
    inventory = fold(layers_of(reports), reports)
    assert _names(inventory.packages) == ["musl 1.2"]
    assert [(one.path, one.layer) for one in inventory.packages[0].locations] == [
        ("usr/lib/apk/db/installed", reports[0].diff_id)
    ]
    assert _names(inventory.shadowed) == ["zlib 1.3"]


def test_one_package_in_two_folders_is_one_with_both_places() -> None:
    files = {f"{folder}/x.dist-info/METADATA": _metadata("x", "1") for folder in ("a", "b")}
    assert _shown(fold_files(files)) == {"x 1": (["a/x.dist-info/METADATA", "b/x.dist-info/METADATA"], "")}


def test_removed_language_packages_are_shadowed() -> None:
    reports = [
        read_files(
            {"s/flask.dist-info/METADATA": _metadata("flask", "2"), "t/k.dist-info/METADATA": _metadata("k", "1")}
        ),
        read_files({"s/.wh.flask.dist-info": b""}),
    ]
    inventory = fold(layers_of(reports), reports)
    assert _names(inventory.packages) == ["k 1"]
    assert _names(inventory.shadowed) == ["flask 2"]
    assert inventory.shadowed[0].locations[0].layer == reports[0].diff_id
    assert inventory.shadowed[0].removed_by == reports[1].diff_id


def test_opaque_folders_and_files_over_folders_hide_what_was_below() -> None:
    files = {f"{folder}/{folder}.dist-info/METADATA": _metadata(folder, "1") for folder in "abcd"}
    upper: Files = {"a/.wh..wh..opq": b"", "b": b"a file", "c/c.dist-info/METADATA/x": b"", "d": folder_entry()}
    inventory = fold_files(files, upper)
    assert _names(inventory.packages) == ["d 1"]
    assert _names(inventory.shadowed) == ["a 1", "b 1", "c 1"]


def test_a_root_that_is_opaque_hides_everything() -> None:
    assert fold_files({"x.dist-info/METADATA": _metadata("x", "1")}, {".wh..wh..opq": b""}).packages == ()


def test_a_whiteout_does_not_hide_what_its_own_layer_holds() -> None:
    path = "x.dist-info/METADATA"
    for upper in (
        {".wh.x.dist-info": b"", path: _metadata("x", "2")},
        {path: _metadata("x", "2"), ".wh.x.dist-info": b""},
    ):
        assert _names(fold_files({path: _metadata("x", "1")}, upper).packages) == ["x 2"]


def test_a_layer_that_was_not_read_is_a_reason() -> None:
    report = read_files({"x.dist-info/METADATA": _metadata("x", "1")})
    inventory = fold(layers_of([None, report]), [None, report])
    assert _names(inventory.packages) == ["x 1"]
    assert [reason.code for reason in inventory.reasons] == [ReasonCode.LAYER_NOT_READ]


def test_reasons_of_layers_are_carried_up() -> None:
    reasons = fold_files({"a/package.json": b"["}).reasons
    assert [(reason.code, reason.path) for reason in reasons] == [(ReasonCode.FILE_UNREADABLE, "a/package.json")]
    assert reasons[0].layer.startswith("sha256:")


def test_system_packages_without_os_release_are_of_unknown_distribution() -> None:
    inventory = fold_files({_DPKG: _status("a 1")})
    assert inventory.distribution is None
    assert inventory.packages[0].ecosystem == ""
    assert [reason.code for reason in inventory.reasons] == [ReasonCode.DISTRIBUTION_UNKNOWN]


def test_an_image_from_scratch_needs_no_distribution() -> None:
    assert fold_files({"app/x.dist-info/METADATA": _metadata("x", "1")}).reasons == ()


def test_os_release_is_found_in_both_places_and_through_links() -> None:
    assert str(fold_files({"usr/lib/os-release": _DEBIAN}).distribution) == "debian 12"
    linked: Files = {"usr/lib/os-release": _DEBIAN, "etc/os-release": link("../usr/lib/os-release")}
    assert str(fold_files(linked).distribution) == "debian 12"
    upper = {"usr/lib/os-release": b"ID=debian\nVERSION_ID=13\n"}
    assert str(fold_files(linked, upper).distribution) == "debian 13"
    both = {"usr/lib/os-release": _DEBIAN, "etc/os-release": b"ID=alpine\nVERSION_ID=3.20.1\n"}
    assert str(fold_files(both).distribution) == "alpine 3.20.1"
    assert str(fold_files(both, {"etc/.wh.os-release": b""}).distribution) == "debian 12"


def test_entries_below_a_link_of_a_lower_layer_lie_where_it_leads() -> None:
    lower: Files = {"usr/lib/apk/db/installed": _apk("musl 1.1"), "lib": link("usr/lib")}
    inventory = fold_files(lower, {"lib/apk/db/installed": _apk("musl 1.2")})
    assert _names(inventory.packages) == ["musl 1.2"]
    assert _names(inventory.shadowed) == ["musl 1.1"]


def test_a_folder_in_a_links_place_ends_the_link() -> None:
    lower: Files = {"usr/lib/apk/db/installed": _apk("musl 1.1"), "lib": link("usr/lib")}
    inventory = fold_files(lower, {"lib": folder_entry(), "lib/apk/db/installed": _apk("zlib 1.3")})
    assert _names(inventory.packages) == ["musl 1.1", "zlib 1.3"]


def test_a_database_behind_a_link_that_nobody_read_is_a_reason() -> None:
    moved = fold_files({"opt/dpkg/status": _status("a 1"), "var/lib/dpkg": link("/opt/dpkg")})
    assert [(reason.code, reason.path) for reason in moved.reasons] == [(ReasonCode.FILE_UNREADABLE, _DPKG)]
    assert fold_files({_DPKG: link("/proc/self/environ")}).reasons == ()


def test_language_packages_of_a_system_package_are_owned_by_it() -> None:
    base = "usr/lib/python3/dist-packages/six.egg-info/PKG-INFO"
    own = "usr/local/lib/six.dist-info/METADATA"
    files: Files = {
        "etc/os-release": _DEBIAN,
        _DPKG: _status("python3-six 1.16-4"),
        "lib": link("usr/lib"),
        "var/lib/dpkg/info/python3-six.list": b"/.\n/lib\n/lib/python3/dist-packages/six.egg-info/PKG-INFO\n",
        "var/lib/dpkg/info/gone.list": b"/usr/local/lib/six.dist-info/METADATA\n",
        base: _metadata("six", "1.16"),
        own: _metadata("six", "1.16"),
    }
    inventory = fold_files(files)
    six = [
        (one.owned_by, [place.path for place in one.locations])
        for one in inventory.packages
        if one.package.name == "six"
    ]
    assert six == [("", [own]), ("deb:python3-six", [base])]


def test_a_file_put_over_an_owned_one_is_nobodys() -> None:
    path = "usr/lib/six.dist-info/METADATA"
    lower = {
        _DPKG: _status("python3-six 1.16-4"),
        "var/lib/dpkg/info/python3-six.list": f"/{path}\n".encode(),
        path: _metadata("six", "1.16"),
    }
    inventory = fold_files(lower, {path: _metadata("six", "1.17")})
    assert _shown(inventory)["six 1.17"] == ([path], "")


def test_apk_packages_own_by_their_database() -> None:
    database = b"P:py3-six\nV:1.16-r1\nF:usr/lib/six.dist-info\nR:METADATA\n\n"
    inventory = fold_files(
        {"lib/apk/db/installed": database, "usr/lib/six.dist-info/METADATA": _metadata("six", "1.16")}
    )
    assert _shown(inventory)["six 1.16"][1] == "apk:py3-six"


class _Evil:
    """Finds every file that holds ``EVIL``, and more in those under ``bin``."""

    revision = "r"
    max_bytes = 1000

    def wants(self, path: str, size: int, head: bytes) -> bool:
        return b"EVIL" in head

    def scan(self, files: Sequence[OfferedFile]) -> list[FileScan]:
        return [self._scan(file.path, file.mode, file.body) for file in files]

    def _scan(self, path: str, mode: int, body: bytes) -> FileScan:
        rules = [RuleMatch("any", "test", Level.WARNING, "")]
        if path.startswith("bin/"):
            rules.append(RuleMatch("in bin", "test", Level.URGENT, ""))
        match = FileMatch(path, hashlib.sha256(body).hexdigest(), len(body), tuple(rules))
        if not path.endswith(".zip"):
            return FileScan((), (match,))
        inside = FileMatch(path, hashlib.sha256(b"inside").hexdigest(), 6, tuple(rules[:1]), member="a/b")
        return FileScan((), (match, inside))


def test_samples_are_one_a_hash_with_all_their_places() -> None:
    lower = {"a": b"EVIL", "bin/a": b"EVIL", "b": b"EVIL too"}
    inventory = fold_files(lower, {".wh.a": b"", "c": b"EVIL"}, scanner=_Evil())
    first, second = inventory.samples
    assert (first.level, [rule.rule for rule in first.rules]) == (Level.URGENT, ["any", "in bin"])
    assert sorted((file.location.path, file.removed) for file in first.files) == [
        ("a", True),
        ("bin/a", False),
        ("c", False),
    ]
    assert (second.level, second.size) == (Level.WARNING, 8)


def test_a_sample_inside_an_archive_goes_with_the_archive() -> None:
    inventory = fold_files({"a.zip": b"EVIL", "b.zip": b"EVIL"}, {".wh.a.zip": b""}, scanner=_Evil())
    places = {(file.location.path, file.removed) for sample in inventory.samples for file in sample.files}
    assert places == {("a.zip", True), ("a.zip!/a/b", True), ("b.zip", False), ("b.zip!/a/b", False)}
