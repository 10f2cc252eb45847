"""Each configuration that is shipped sells once on its twins: real process, HTTP, real QR."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import anyio
import pytest

from tests.simulator.twins.rig import Shop, simulated

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SHIPPED = sorted([*(ROOT / "config/examples").glob("**/*.yaml"), *(ROOT / "config").glob("*.yaml")])


def story(file: str | Path, folder: Path, tell: Callable[[Shop], Awaitable[None]]) -> None:
    """Tell what happens at the counter of this file."""

    async def run() -> None:
        async with simulated(ROOT / "config" / file, folder) as shop:
            await tell(shop)

    anyio.run(run)


async def sell(shop: Shop, amount: str = "1500") -> None:
    """Sell by the first input, as its cashier does, until the payer has paid."""
    first, *others = shop.counter.twins.values()
    if "key" in first.can:
        first.key(Decimal(amount))
    else:
        await shop.logs("articles")
        first.scan(next(each["code"] for each in first.articles() if len(each["code"]) == 13))
        if buttons := [each for each in others if "pay" in each.words]:
            await shop.logs("panel shows basket")
            buttons[0].press()
    await shop.becomes("paying")
    await shop.sees(shop.qr)
    shop.pay()
    await shop.sees(lambda: shop.sales() and shop.sales()[-1][1] == "paid")


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_shipped_counter_sells_by_its_first_input(file: Path, tmp_path: Path) -> None:
    async def tell(shop: Shop) -> None:
        await sell(shop)
        assert os.environ.get("KIOSK_TOKEN") is None
        assert shop.signals()[-1]["at"] > 0

    story(file, tmp_path, tell)
