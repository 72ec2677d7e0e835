"""Every parser, given any bytes at all, returns a value or raises its one typed error."""

from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.errors import ExtractorError
from pratique.inventory.extractor import Extractor
from pratique.inventory.extractors import EXTRACTORS, LOCK_FILE_EXTRACTORS
from tests.property.format_samples import SAMPLES, sample_path

_ALL = (*EXTRACTORS, *LOCK_FILE_EXTRACTORS)


def _extract(extractor: Extractor, path: str, body: bytes) -> None:
    with contextlib.suppress(ExtractorError):
        extractor.extract(path, body)


@pytest.mark.parametrize("extractor", _ALL, ids=lambda one: one.name)
def test_extractor_survives_random_bytes(extractor: Extractor) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=600), st.sampled_from(SAMPLES[extractor.name] or (b"",)))
    def check(noise: bytes, sample: bytes) -> None:
        _extract(extractor, sample_path(extractor), noise)
        _extract(extractor, sample_path(extractor), sample[:16] + noise)

    check()


@pytest.mark.parametrize("extractor", _ALL, ids=lambda one: one.name)
def test_extractor_survives_truncation_and_flipped_bytes(extractor: Extractor) -> None:
    dice = random.Random(extractor.name)  # noqa: S311 - reproducible noise, no secret
    for sample in SAMPLES[extractor.name]:
        assert extractor.extract(sample_path(extractor), sample) is not None
        for _ in range(60):
            _extract(extractor, sample_path(extractor), sample[: dice.randrange(len(sample) + 1)])
            changed = bytearray(sample)
            for _ in range(dice.randrange(1, 8)):
                changed[dice.randrange(len(changed))] = dice.randrange(256)
            _extract(extractor, sample_path(extractor), bytes(changed))
