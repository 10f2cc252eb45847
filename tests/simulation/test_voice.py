"""The voice in the simulation: each result once, whatever happens to the power."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import trio

from kiosk.signals.voice.settings import VoiceSettings
from tests.simulation.day import live_through
from tests.simulation.story import Story, tell

VOICE = VoiceSettings(scan_me=True)
SPEAKS = "voice: Pagado, veintidós pesos con cincuenta"


@pytest.fixture(autouse=True)
def no_log() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(
    "first", [0, *(pytest.param(it, marks=pytest.mark.slow) for it in (5, 100))]
)
def test_random_days_with_a_voice(first: int) -> None:
    """``Stage.hear`` checks each sentence: true, about what the panel shows, and the first time."""
    days = range(first, 5 if first == 0 else first + 95)
    heard = [len(live_through(seed, voice=VOICE).heard) for seed in days]
    assert sum(heard) > len(days)


async def begin(s: Story) -> None:
    s.stage.voice = VOICE
    await s.power_on()
    await s.till("TOTAL 22,50")


def test_a_sale_as_people_in_the_shop_hear_it() -> None:
    async def story(s: Story) -> None:
        await begin(s)
        await trio.sleep(5)
        s.pays()
        await trio.sleep(20)

    lines = tell(story).splitlines()
    assert [line for line in lines if line.startswith("voice:")] == [
        "voice: Escanee, total veintidós pesos con cincuenta",
        SPEAKS,
    ]


async def the_payment_is_seen(s: Story) -> None:
    for _ in range(200):
        await trio.sleep(0.1)
        if s.state != "paying":
            return
    raise AssertionError("20 s after the payment the counter has not seen it")


def test_the_next_sale_is_not_spoken_over() -> None:
    async def story(s: Story) -> None:
        await begin(s)
        for amount in ("30,00", "40,00"):
            s.pays()
            await the_payment_is_seen(s)
            await s.till(f"TOTAL {amount}", then_wait=8)

    said = [line for line in tell(story).splitlines() if line.startswith("voice:")]
    assert said == [
        "voice: Escanee, total veintidós pesos con cincuenta",
        SPEAKS,
        "voice: Escanee, total treinta pesos",
        "voice: Pagado, treinta pesos",
        "voice: Escanee, total cuarenta pesos",
    ]


def lives(turns: int) -> tuple[int, bool]:
    """Cut the power so many steps after the payment; return how often it was said, and written."""
    written = [False]

    async def story(s: Story) -> None:
        await begin(s)
        s.pays()
        s.stage.mains.turns_left = turns
        await trio.sleep(30)
        s.stage.switch_off()  # if the steps were not used up
        await trio.sleep(1)
        await s.power_on()
        await trio.sleep(30)
        events = s.kiosk.journal.events("K-0001-1")
        written[0] = any(event[1:] == ("Said", "paid") for event in events)

    return tell(story).splitlines().count(SPEAKS), written[0]


@pytest.mark.parametrize(
    "turns", [range(20, 100, 5), pytest.param(range(0, 250, 2), marks=pytest.mark.slow)], ids=str
)
def test_a_power_cut_at_any_moment_of_a_payment(turns: range) -> None:
    """It is said once; or never, if the cut came between the write and the first word."""
    results = [lives(count) for count in turns]
    assert {said for said, _ in results} <= {0, 1}
    assert all(written for said, written in results if said == 0), "said later, if not begun"
    silent = sum(said == 0 for said, _ in results)
    assert silent <= len(turns) // 10, f"{silent} of {len(turns)} cuts"
