"""Packages that only matter to a host that boots them: the kernel and its headers, firmware, boot loaders.

A container runs on its host's kernel, so a flaw of the kernel that its headers were taken from is not in it.
"""

from __future__ import annotations

import re

from pratique.model.package import InstalledPackage

_SOURCES = re.compile(
    r"linux|kernel|linux-(?:signed|meta|restricted-modules|firmware|lts|virt|hwe|aws|azure|gcp|gke|kvm|oracle|raspi|ibm"
    r"|lowlatency|oem|intel|nvidia|bluefield)(?:-.*)?|kernel-(?:default|firmware|azure|source|rt|uek|lpae|64k)(?:-.*)?"
    r"|firmware-nonfree|firmware-free|intel-microcode|amd64-microcode|microcode_ctl|ucode-(?:intel|amd)"
    r"|grub2?(?:-.*)?|shim(?:-.*)?|raspi-firmware"
)
_NAMES = re.compile(
    r"linux-(?:libc-dev|headers|image|modules|tools|firmware|kbuild|compiler|source|perf|cpupower|glibc-devel)(?:-.*)?"
    r"|kernel(?:-(?:core|headers|devel|modules|tools|debug|doc|macros|default|source|uek|rt|lt|ml|srpm-macros)(?:-.*)?)?"
    r"|firmware-.*|.*-firmware|(?:intel|amd64)-microcode|microcode_ctl|ucode-.*"
    r"|bpftool|perf|python3-perf|grub2?(?:-.*)?|shim(?:-.*)?"
)


def is_host_only(installed: InstalledPackage) -> bool:
    """Return whether a system package only matters to a host: by its own name or its source's."""
    package = installed.package
    if not package.type.is_system:
        return False
    return _NAMES.fullmatch(package.name) is not None or _SOURCES.fullmatch(package.source_name) is not None
