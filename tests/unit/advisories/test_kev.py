from __future__ import annotations

import json

import pytest

from pratique.advisories.kev import KnownExploited, read_catalogue
from pratique.errors import FeedError


def test_catalogue_gives_entries_and_lists_what_it_cannot_read() -> None:
    body = {
        "title": "CISA Catalog of Known Exploited Vulnerabilities",
        "dateReleased": "2024-05-01T10:00:00.0Z",
        "vulnerabilities": [
            {"cveID": "CVE-2021-44228", "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "vendorProject": "Apache"},
            {"cveID": 7},
        ],
    }
    catalogue = read_catalogue(json.dumps(body).encode())
    assert catalogue.entries == (KnownExploited("CVE-2021-44228", "2021-12-10", "2021-12-24"),)
    assert len(catalogue.refused) == 1
    assert catalogue.released == "2024-05-01T10:00:00.0Z"


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"vulnerabilities": 3}'])
def test_what_is_not_a_catalogue_raises_a_feed_error(body: bytes) -> None:
    with pytest.raises(FeedError):
        read_catalogue(body)
