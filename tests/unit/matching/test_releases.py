from __future__ import annotations

import pytest

from pratique.matching.releases import data_for, nearest_release

_KNOWN = frozenset(
    {
        "Debian:6.0",
        "Debian:10",
        "Debian:11",
        "Ubuntu:22.04:LTS",
        "Ubuntu:Pro:22.04:LTS",
        "Ubuntu:Pro:FIPS:22.04:LTS",
        "Ubuntu:23.10",
        "Alpine:v3.9",
        "Alpine:v3.19",
        "Alpine:v3.20",
        "Rocky Linux:8",
        "AlmaLinux:9",
        "Azure Linux:2",
        "Azure Linux:3",
        "Amazon Linux:2",
        "Amazon Linux:2023",
        "PyPI",
        "Wolfi",
        "Red Hat:enterprise_linux:9::baseos",
        "Red Hat:enterprise_linux:9::appstream",
        "Red Hat:enterprise_linux:10.0",
        "Red Hat:rhel_eus:9.2::baseos",
        "SUSE:Linux Enterprise Server 15 SP5",
        "SUSE:Linux Enterprise Server 15 SP5-LTSS",
        "SUSE:Linux Enterprise Module for Basesystem 15 SP5",
        "SUSE:Linux Enterprise Module for Basesystem 15 SP6",
        "SUSE:Linux Enterprise Server 15",
        "SUSE:Linux Enterprise Micro 5.5",
        "openSUSE:Leap 15.5",
        "openSUSE:Leap 15.6",
        "openSUSE:Tumbleweed",
    }
)


@pytest.mark.parametrize(
    ("ecosystem", "expected"),
    [
        ("Debian:11", {"Debian:11"}),
        ("Debian:1", set()),
        ("Debian:6", {"Debian:6.0"}),
        ("Debian", set()),
        ("Ubuntu:22.04", {"Ubuntu:22.04:LTS", "Ubuntu:Pro:22.04:LTS"}),
        ("Ubuntu:22.04:LTS", {"Ubuntu:22.04:LTS", "Ubuntu:Pro:22.04:LTS"}),
        ("Ubuntu:23.10", {"Ubuntu:23.10"}),
        ("Alpine:v3.20", {"Alpine:v3.20"}),
        ("Alpine:v3.2", set()),
        ("Rocky Linux:8", {"Rocky Linux:8"}),
        ("AlmaLinux:9", {"AlmaLinux:9"}),
        ("Azure Linux:2", {"Azure Linux:2"}),
        ("Amazon Linux:2", {"Amazon Linux:2"}),
        ("Wolfi", {"Wolfi"}),
        ("Chainguard", set()),
        ("PyPI", {"PyPI"}),
        ("Red Hat:enterprise_linux:9", {"Red Hat:enterprise_linux:9::baseos", "Red Hat:enterprise_linux:9::appstream"}),
        ("Red Hat:enterprise_linux:10", {"Red Hat:enterprise_linux:10.0"}),
        ("Red Hat:enterprise_linux:1", set()),
        (
            "SUSE:Linux Enterprise Server 15 SP5",
            {
                "SUSE:Linux Enterprise Server 15 SP5",
                "SUSE:Linux Enterprise Server 15 SP5-LTSS",
                "SUSE:Linux Enterprise Module for Basesystem 15 SP5",
            },
        ),
        ("SUSE:Linux Enterprise Server 15", {"SUSE:Linux Enterprise Server 15"}),
        ("SUSE:Linux Enterprise Micro 5.5", {"SUSE:Linux Enterprise Micro 5.5"}),
        ("SUSE:Linux Enterprise Server 12 SP5", set()),
        ("openSUSE:Leap 15.5", {"openSUSE:Leap 15.5"}),
        ("openSUSE:Tumbleweed", {"openSUSE:Tumbleweed"}),
        ("", set()),
    ],
)
def test_data_is_found_under_the_names_that_sources_use(ecosystem: str, expected: set[str]) -> None:
    assert data_for(ecosystem, _KNOWN) == tuple(sorted(expected))


@pytest.mark.parametrize(
    ("ecosystem", "expected"),
    [
        ("Debian:12", "Debian:11"),
        ("Debian", "Debian:11"),
        ("Ubuntu:24.04:LTS", "Ubuntu:23.10"),
        ("Alpine:v3.10", "Alpine:v3.9"),
        ("Alpine:v3.21", "Alpine:v3.20"),
        ("SUSE:Linux Enterprise Server 15 SP7", "SUSE:Linux Enterprise Module for Basesystem 15 SP6"),
        ("Chainguard", ""),
    ],
)
def test_nearest_release_counts_by_number(ecosystem: str, expected: str) -> None:
    assert nearest_release(ecosystem, _KNOWN) == expected
