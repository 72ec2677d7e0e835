from __future__ import annotations

from pratique.model.inventory import AnalyzedImage, ImageInventory
from pratique.model.package import InstalledPackage, PackageType
from pratique.services.advisory_changes import AdvisoryChange
from tests.advisory_files import installed

_EVIL = installed(PackageType.PYPI, "Evil_Thing", "1.0", "PyPI")
_OPENSSL = installed(PackageType.DEB, "libssl3", "3.0.11-1", "Debian:12", source=("openssl", "3.0.11-1"))


def _image(*packages: InstalledPackage, shadowed: tuple[InstalledPackage, ...] = ()) -> AnalyzedImage:
    return AnalyzedImage(ImageInventory(None, packages, shadowed), 1, 1, 0, 0, 0, "")


def _change(*keys: tuple[str, str], ecosystems: tuple[str, ...] = ()) -> AdvisoryChange:
    return AdvisoryChange("before", frozenset(keys), frozenset(ecosystems))


def test_image_with_a_named_package_is_touched_by_its_source_name() -> None:
    known = frozenset({"Debian:12"})
    assert _change(("Debian:12", "openssl")).touches(_image(_OPENSSL), known)
    assert not _change(("Debian:12", "zlib"), ("Debian:11", "openssl")).touches(_image(_OPENSSL), known)


def test_image_of_an_ecosystem_that_came_or_went_is_touched() -> None:
    assert _change(ecosystems=("Debian:12",)).touches(_image(_OPENSSL), frozenset())


def test_report_of_a_malicious_package_touches_images_though_nothing_else_has_data() -> None:
    change = _change(("PyPI", "evil-thing"))
    assert change.touches(_image(_EVIL), frozenset())
    assert change.touches(_image(shadowed=(_EVIL,)), frozenset())
    assert not change.touches(_image(_OPENSSL), frozenset())
