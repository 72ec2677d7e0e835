from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.api.paths import image_path, routed_path

IMAGE = "123456789012.eu-central-1/team/shop@sha256:" + "7" * 64


@pytest.mark.parametrize("tail", ["", "/findings", "/fix-plan"])
@pytest.mark.parametrize("encode", [lambda text: text, lambda text: quote(text, safe=""), quote])
def test_image_is_one_segment_however_it_arrives(tail: str, encode: object) -> None:
    assert callable(encode)
    assert routed_path(f"/v1/images/{encode(IMAGE)}{tail}") == image_path(IMAGE) + tail


@pytest.mark.parametrize(
    ("raw", "routed"),
    [
        ("/v1/vulnerabilities/openSUSE-SU-2024%3A0001-1", "/v1/vulnerabilities/openSUSE-SU-2024:0001-1"),
        ("/v1/images", "/v1/images"),
        ("/v1/images/latest", "/v1/images/latest"),
        ("/v1/../v1/overview", "/v1/../v1/overview"),
    ],
)
def test_other_paths_are_decoded(raw: str, routed: str) -> None:
    assert routed_path(raw) == routed


@given(st.text(max_size=60))
def test_no_path_fails(raw: str) -> None:
    routed_path(raw)
