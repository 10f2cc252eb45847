"""The price list in use: read again when its file changes, and never half."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kiosk.base.errors import ConfigError
from kiosk.base.money import CURRENCIES
from kiosk.inputs.codes.catalogue import MAX_BYTES
from kiosk.inputs.codes.settings import CatalogueSettings
from kiosk.inputs.scanner.price_list import PriceList, load_catalogue

pytestmark = pytest.mark.anyio
ARS = CURRENCIES["ARS"]


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    file = tmp_path / "prices.csv"
    file.write_text("code,title,price\n42,Pan,900\n")
    return file


def listed(file: Path) -> dict[str, Any]:
    return {"file": str(file), "number": {"decimal": "."}}


async def test_the_price_list_is_read_again_when_it_changes_and_never_half(
    prices: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = CatalogueSettings.model_validate(listed(prices))
    price_list = PriceList(wanted, ARS)

    async def now_costs(*rows: str) -> str:
        _write(prices, "code,title,price", *rows)
        await price_list.reload_if_changed(wanted)
        product = price_list.find("42")
        return product.price.plain() if product else "nothing"

    assert await now_costs("42,Pan,900") == "900.00"
    assert await now_costs("42,Pan,1000") == "1000.00"
    assert await now_costs("42,Pan,1100", "43,Pan,x") == "1000.00"
    assert "prices.csv:3: the price 'x' can't be used" in caplog.text
    assert "; the previous price list stays in use" in caplog.text
    assert await now_costs("43,Torta,900") == "nothing"
    os.unlink(prices)
    await price_list.reload_if_changed(wanted)
    assert "prices.csv: it can't be read (No such file or directory)" in caplog.text
    assert price_list.find("43")


def _write(file: Path, *lines: str) -> None:
    file.write_text("".join(line + "\n" for line in lines))


def test_a_price_list_that_is_larger_than_any_shop(prices: Path) -> None:
    os.truncate(prices, MAX_BYTES + 1)
    with pytest.raises(ConfigError, match="larger than 64 MB"):
        load_catalogue(CatalogueSettings.model_validate(listed(prices)), ARS)
