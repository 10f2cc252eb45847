"""Each configuration that is shipped sells once on its twins: real process, HTTP, real QR."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.simulator.twins.rig import ROOT, Shop, sell, story

pytestmark = pytest.mark.slow

SHIPPED = sorted([*(ROOT / "config/examples").glob("**/*.yaml"), *(ROOT / "config").glob("*.yaml")])


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_shipped_counter_sells_by_its_first_input(file: Path, tmp_path: Path) -> None:
    async def tell(shop: Shop) -> None:
        await sell(shop)
        assert os.environ.get("KIOSK_TOKEN") is None
        assert shop.signals()[-1]["at"] > 0

    story(file, tmp_path, tell, speed=10)
