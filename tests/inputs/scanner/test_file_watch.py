"""When a price list is read again: a counter at rest sleeps, and yet sells by the new list at once.

The files and inotify are real; the clock is virtual.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from trio.testing import MockClock

from kiosk.base.money import CURRENCIES, Currency
from kiosk.inputs.codes.catalogue import Catalogue
from kiosk.inputs.codes.settings import CatalogueSettings
from kiosk.inputs.scanner.price_list import CHECK_AT_REST, CHECK_EVERY, GATHER, PriceList
from kiosk.inputs.scanner.price_list_reader import load_catalogue

pytestmark = pytest.mark.anyio


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    file = tmp_path / "prices.csv"
    write(file, "42,Pan,900")
    return file


async def in_this_process(settings: CatalogueSettings, currency: Currency) -> Catalogue:
    return load_catalogue(settings, currency)


VIRTUAL = pytest.mark.parametrize(
    "anyio_backend", [("trio", {"clock": MockClock(autojump_threshold=0)})]
)


@asynccontextmanager
async def in_use(file: Path) -> AsyncIterator[PriceList]:
    settings = CatalogueSettings.model_validate({"file": file, "number": {"decimal": "."}})
    price_list = PriceList(settings, CURRENCIES["ARS"], in_this_process)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(price_list.run)
        await anyio.sleep(3600)  # nobody scans
        yield price_list
        tasks.cancel_scope.cancel()


def link_to(folder: Path, file: Path) -> None:
    """Move the file into a folder, and leave a link to it."""
    folder.mkdir()
    file.rename(folder / file.name)
    file.symlink_to(folder / file.name)


def put(file: Path, way: str) -> None:
    """Put a list with a cake in the place of the old one."""
    new = file if way in ("written", "behind a link") else file.with_name("new.csv")
    write(new, "43,Torta,5000")
    if way == "linked":
        file.unlink()
        file.symlink_to(new)
    elif "renamed" in way:
        new.rename(file)


def write(file: Path, row: str) -> None:
    file.write_text(f"code,title,price\n{row}\n")


async def seconds_until(question: Callable[[], object]) -> float:
    begun = anyio.current_time()
    while not question():
        await anyio.sleep(0.1)
        assert anyio.current_time() - begun < 3600
    return anyio.current_time() - begun


@VIRTUAL
@pytest.mark.parametrize("way", ["written", "renamed", "linked", "link renamed", "behind a link"])
async def test_a_new_list_is_in_use_before_anybody_can_walk_to_the_counter(
    prices: Path, way: str
) -> None:
    if "link" in way:
        link_to(prices.parent / "usb", prices)
    async with in_use(prices) as price_list:
        assert price_list.find("42")
        put(prices, way)
        assert await seconds_until(lambda: price_list.find("43")) <= CHECK_EVERY + GATHER + 1


@VIRTUAL
async def test_what_linux_does_not_report_is_seen_a_minute_later(prices: Path) -> None:
    """As on a network share, and where a stick is mounted: the folder that is watched is silent."""
    folder = prices.parent / "share"
    folder.mkdir()
    file = Path(shutil.move(prices, folder))
    async with in_use(file) as price_list:
        assert price_list.find("42")
        folder.rename(prices.parent / "unplugged")
        folder.mkdir()
        write(file, "43,Torta,5000")
        waited = await seconds_until(lambda: price_list.find("43"))
        assert waited <= CHECK_AT_REST + CHECK_EVERY + 1


@VIRTUAL
async def test_a_list_with_a_fault_is_said_while_nobody_scans(
    prices: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with in_use(prices):
        write(prices, "42,Pan,x")
        fault = "the previous price list stays in use"
        assert await seconds_until(lambda: fault in caplog.text) <= CHECK_EVERY + GATHER + 1
        os.unlink(prices)
        gone = "prices.csv: it can't be read (No such file or directory)"
        assert await seconds_until(lambda: gone in caplog.text) <= CHECK_EVERY + GATHER + 1


@VIRTUAL
async def test_a_folder_that_is_not_there_yet_is_looked_at_often(tmp_path: Path) -> None:
    folder = tmp_path / "usb"
    async with in_use(folder / "prices.csv") as price_list:
        folder.mkdir()
        write(folder / "prices.csv", "42,Pan,900")
        assert await seconds_until(lambda: price_list.find("42")) <= 2 * CHECK_EVERY
