"""Random days at the counter: every promise is kept on each of them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import pytest
import trio

from tests.simulation.__main__ import CHUNK, bad_day_among
from tests.simulation.day import live_through
from tests.simulation.story import Story, tell


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of every 25 days, so that several workers share them."""
    if "days" in metafunc.fixturenames:
        seeds = range(metafunc.config.getoption("--seeds"))
        some = [seeds[first : first + CHUNK] for first in seeds[::CHUNK]]
        marks = () if metafunc.config.getoption("--quick") else (pytest.mark.slow,)
        metafunc.parametrize("days", [pytest.param(days, marks=marks) for days in some], ids=str)


def test_every_promise_is_kept(days: range) -> None:
    assert bad_day_among(days) is None


@pytest.mark.slow
def test_a_day_can_be_lived_again_exactly() -> None:
    logging.disable()
    try:
        assert live_through(7).play == live_through(7).play
    finally:
        logging.disable(logging.NOTSET)


async def every_fifth_reply_is_lost(s: Story) -> None:
    s.stage.wire.rates = {"reply lost": 0.2, "refused for now": 0.1}
    await five_hundred_sales(s)


async def every_third_connection_is_forgotten(s: Story) -> None:
    s.stage.wire.rates = {"sent again": 0.33}
    await five_hundred_sales(s)


async def five_hundred_sales(s: Story) -> None:
    await s.power_on()
    for number in range(500):
        await s.till(f"TOTAL {15 + number},00", then_wait=0)
        for _ in range(200):
            await trio.sleep(1)
            if number % 5 and s.state == "paying" and s.order().status == "created":
                s.pays()
            if s.state in ("finished", "idle") and len(rows := s.rows()) > number and rows[-1]:
                break


@pytest.mark.slow
@pytest.mark.parametrize("tale", [every_fifth_reply_is_lost, every_third_connection_is_forgotten])
def test_five_hundred_sales_over_a_bad_network(
    tale: Callable[[Story], Awaitable[None]],
) -> None:
    """As many orders are created as sales are made, and both sides have the same outcomes."""
    transcript = tell(tale).splitlines()
    ended = [line for line in transcript if line.startswith("journal: ")]
    assert len(ended) == 500
    paid = sum(line.endswith(" paid") for line in ended)
    closed = sum(line.endswith((" expired", " canceled")) for line in ended)
    assert paid + closed == 500
    assert 390 <= paid <= 400, "a few come too late to be shown"
