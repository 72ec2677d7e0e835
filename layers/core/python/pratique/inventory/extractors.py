"""The extractors, as two explicit tuples, and the version that a layer report is stored under."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pratique.inventory.apk import APK
from pratique.inventory.bun_lock import BUN_LOCK
from pratique.inventory.cargo_lock import CARGO_LOCK
from pratique.inventory.composer_installed import COMPOSER_INSTALLED
from pratique.inventory.composer_lock import COMPOSER_LOCK
from pratique.inventory.conda import CONDA
from pratique.inventory.dotnet_deps import DOTNET_DEPS
from pratique.inventory.dpkg import DPKG_DIVERSIONS, DPKG_FILES, DPKG_STATUS
from pratique.inventory.executables import EXECUTABLES
from pratique.inventory.extractor import Extractor
from pratique.inventory.gemfile_lock import GEMFILE_LOCK
from pratique.inventory.gemspec import GEMSPEC
from pratique.inventory.go_mod import GO_MOD
from pratique.inventory.jar import JAR
from pratique.inventory.known_binaries import JAVA_RELEASE
from pratique.inventory.legacy_release import LEGACY_RELEASE
from pratique.inventory.mix_lock import MIX_LOCK
from pratique.inventory.npm_lock import NPM_LOCK
from pratique.inventory.npm_package import NPM_PACKAGE
from pratique.inventory.nuget_locks import NUGET_CONFIG, NUGET_LOCK
from pratique.inventory.os_release import OS_RELEASE
from pratique.inventory.pnpm_lock import PNPM_LOCK
from pratique.inventory.python_archive import PYTHON_ARCHIVE
from pratique.inventory.python_locks import PIPFILE_LOCK, PYTHON_TOML_LOCK
from pratique.inventory.python_metadata import PYTHON_DIST_INFO, PYTHON_EGG_INFO, PYTHON_EGG_INFO_FILE
from pratique.inventory.report_codec import SCHEMA
from pratique.inventory.requirements_txt import REQUIREMENTS_TXT
from pratique.inventory.rpm import RPM_BDB, RPM_MANIFEST, RPM_NDB, RPM_SQLITE
from pratique.inventory.yarn_lock import YARN_LOCK

EXTRACTORS: tuple[Extractor, ...] = (
    OS_RELEASE,
    LEGACY_RELEASE,
    DPKG_STATUS,
    DPKG_FILES,
    DPKG_DIVERSIONS,
    APK,
    RPM_SQLITE,
    RPM_NDB,
    RPM_BDB,
    RPM_MANIFEST,
    PYTHON_DIST_INFO,
    PYTHON_EGG_INFO,
    PYTHON_EGG_INFO_FILE,
    NPM_PACKAGE,
    JAR,
    PYTHON_ARCHIVE,
    GEMSPEC,
    COMPOSER_INSTALLED,
    DOTNET_DEPS,
    CONDA,
    EXECUTABLES,
    JAVA_RELEASE,
)
"""What is read from every image."""

LOCK_FILE_EXTRACTORS: tuple[Extractor, ...] = (
    NPM_LOCK,
    YARN_LOCK,
    PNPM_LOCK,
    BUN_LOCK,
    PIPFILE_LOCK,
    PYTHON_TOML_LOCK,
    REQUIREMENTS_TXT,
    GEMFILE_LOCK,
    COMPOSER_LOCK,
    CARGO_LOCK,
    NUGET_LOCK,
    NUGET_CONFIG,
    MIX_LOCK,
    GO_MOD,
)
"""Lock files say what would be installed; they are read only on request, beside `EXTRACTORS`."""


def analyzer_version(rules_revision: str, extractors: Sequence[Extractor] = EXTRACTORS) -> str:
    """Return 16 hexadecimal digits that change with any extractor, its version, the rules and the report's form."""
    lines = sorted(f"{one.name} {one.version}" for one in extractors)
    lines += [f"rules {rules_revision}", f"report {SCHEMA}"]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
