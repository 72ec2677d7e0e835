"""The API on a small estate."""

from __future__ import annotations

import pytest

from pratique.model.finding import Category
from pratique.model.sample import Level
from pratique.model.severity import Priority
from tests.finding_builder import finding, image_id, report, sample
from tests.functions.api_client import Api, api

__all__ = ["api"]

SHOP, DESK = image_id("shop"), image_id("desk", "desk")
MINER = sample("miner", Level.URGENT)


@pytest.fixture
def estate(api: Api) -> Api:
    """Two images: one flaw in both, one in the shop's alone, a miner in the shop's."""
    shared = finding("CVE-2024-1", Priority.HIGH)
    own = finding("CVE-2024-2", Priority.LOW, category=Category.APPLICATION, package="django")
    api.estate.scan(SHOP, report([shared, own], [MINER]), tags=("1.4.2",))
    api.estate.scan(DESK, report([shared]))
    api.estate.settle()
    return api
