"""Composer's installed.json in both forms."""

from __future__ import annotations

import pytest

from pratique.errors import ExtractorError
from pratique.inventory.composer_installed import COMPOSER_INSTALLED, parse_installed

_ROW = b'{"name": "symfony/yaml", "version": "v5.4.0", "license": ["MIT"]}'


@pytest.mark.parametrize("body", [b"[%s, {}]" % _ROW, b'{"packages": [%s], "dev": true}' % _ROW])
def test_installed_reads_both_forms(body: bytes) -> None:
    (package,) = parse_installed(body)
    assert (package.type, package.name, package.version) == ("composer", "symfony/yaml", "v5.4.0")
    assert package.licenses == ("MIT",)


def test_installed_refuses_another_document() -> None:
    with pytest.raises(ExtractorError):
        list(parse_installed(b"3"))


def test_installed_is_wanted_in_composers_folder() -> None:
    assert COMPOSER_INSTALLED.wants("app/vendor/composer/installed.json")
    assert not COMPOSER_INSTALLED.wants("app/installed.json")
