"""The price list in use: read again when its file changes, and kept for a restart."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from kiosk.base.errors import ConfigError
from kiosk.base.money import CURRENCIES, Currency
from kiosk.inputs.codes.catalogue import MAX_BYTES, Catalogue
from kiosk.inputs.codes.settings import CatalogueSettings
from kiosk.inputs.scanner.price_list import PriceList
from kiosk.inputs.scanner.price_list_reader import load_catalogue, load_in_process
from tests.inputs.conftest import listed

pytestmark = pytest.mark.anyio
ARS = CURRENCIES["ARS"]


async def in_this_process(settings: CatalogueSettings, currency: Currency) -> Catalogue:
    return load_catalogue(settings, currency)


async def test_the_price_list_is_read_again_when_it_changes(
    prices: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = CatalogueSettings.model_validate(listed(prices))
    price_list = PriceList(wanted, ARS, in_this_process)

    async def now_costs(*rows: str) -> str:
        _write(prices, "code,title,price", *rows)
        for _ in range(2):  # it may be half written at the first check
            await price_list.reload_if_changed(wanted)
        product = price_list.find("42")
        return product.price.plain() if product else "nothing"

    assert await now_costs("42,Pan,900") == "900.00"
    assert await now_costs("42,Pan,1000") == "1000.00"
    assert await now_costs("42,Pan,1100", "43,Torta,x") == "1100.00"
    assert "1 article; 1 row refused:" in caplog.text
    assert "line 3, Torta (43): the price 'x' can't be used" in caplog.text
    assert price_list.why_missing("43").startswith("line 3 of the price list is refused")
    assert await now_costs("42,Pan,x") == "1100.00"
    assert "; the previous price list stays in use" in caplog.text
    assert await now_costs("43,Torta,900") == "nothing"
    os.unlink(prices)
    for _ in range(2):
        await price_list.reload_if_changed(wanted)
    assert "prices.csv: it can't be read (No such file or directory)" in caplog.text
    assert price_list.find("43")


async def test_the_cashier_hears_that_there_is_no_list(prices: Path) -> None:
    wanted = CatalogueSettings.model_validate(listed(prices))
    price_list = PriceList(wanted, ARS, in_this_process)
    assert price_list.why_missing("42").startswith("the price list is being read; scan it again")
    _write(prices, "code")
    await price_list.reload_if_changed(wanted)
    assert price_list.why_missing("42").startswith("the price list can't be used; see the log")
    assert PriceList(None, ARS).why_missing("42") == ""


async def test_a_file_that_is_being_written_is_read_when_it_is_complete(prices: Path) -> None:
    """The end of a list that is copied over the network may be cut: 1234.50 would cost 12."""
    wanted = CatalogueSettings.model_validate(listed(prices))
    price_list = PriceList(wanted, ARS, in_this_process)
    await price_list.reload_if_changed(wanted)
    for text in ("42,Pan,1", "42,Pan,12", "42,Pan,1234"):
        _write(prices, "code,title,price", text)
        await price_list.reload_if_changed(wanted)
        found = price_list.find("42")
        assert found
        assert found.price.plain() == "900.00"
    await price_list.reload_if_changed(wanted)
    found = price_list.find("42")
    assert found
    assert found.price.plain() == "1234.00"


@pytest.mark.slow
async def test_the_last_good_list_survives_a_restart(
    prices: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = tmp_path / "scanner.prices.good"
    wanted = CatalogueSettings.model_validate(listed(prices) | {"last_good": str(kept)})
    await PriceList(wanted, ARS).reload_if_changed(wanted)
    for row in ("42,Pan,0", ""):
        _write(prices, "code,title,price", row)
        after_restart = PriceList(wanted, ARS)
        await after_restart.reload_if_changed(wanted)
        found = after_restart.find("42")
        assert found
        assert found.price.plain() == "900.00"
        assert "the last good price list is used, with 1 articles; correct" in caplog.text
        caplog.clear()
    otherwise = listed(prices) | {"last_good": str(kept), "number": {"thousands": "."}}
    in_another_format = CatalogueSettings.model_validate(otherwise)
    after_restart = PriceList(in_another_format, ARS)
    await after_restart.reload_if_changed(in_another_format)
    assert after_restart.find("42") is None


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"\x00", b"[]\ncode,title,price\n42,Pan,1\n"])
async def test_a_kept_list_that_is_damaged_is_not_used(
    prices: Path, tmp_path: Path, content: bytes
) -> None:
    kept = tmp_path / "scanner.prices.good"
    kept.write_bytes(content)
    os.unlink(prices)
    wanted = CatalogueSettings.model_validate(listed(prices) | {"last_good": str(kept)})
    price_list = PriceList(wanted, ARS)
    await price_list.reload_if_changed(wanted)
    assert price_list.find("42") is None


async def test_a_list_that_can_not_be_kept_is_sold_all_the_same(
    prices: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    kept = tmp_path / "missing" / "scanner.prices.good"
    wanted = CatalogueSettings.model_validate(listed(prices) | {"last_good": str(kept)})
    price_list = PriceList(wanted, ARS)
    await price_list.reload_if_changed(wanted)
    assert price_list.find("42")
    assert "the list can't be kept there (No such file or directory)" in caplog.text


async def test_a_reader_that_dies_is_a_fault_of_the_list(
    prices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in ("/bin/false", "/no/such/program"):
        monkeypatch.setattr(sys, "executable", program)
        with pytest.raises(ConfigError, match="the process that reads it failed; see the log"):
            await load_in_process(CatalogueSettings.model_validate(listed(prices)), ARS)


def _write(file: Path, *lines: str) -> None:
    file.write_text("".join(line + "\n" for line in lines))


def test_a_price_list_that_is_larger_than_any_shop(prices: Path) -> None:
    os.truncate(prices, MAX_BYTES + 1)
    with pytest.raises(ConfigError, match="larger than 64 MB"):
        load_catalogue(CatalogueSettings.model_validate(listed(prices)), ARS)
