"""When the voice speaks: each result once, never over the next sale."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest
from trio.testing import MockClock

from kiosk.base.errors import DeviceGone, JournalFailed
from kiosk.base.money import Money
from kiosk.sale.effects import Show
from kiosk.sale.words import Sale, Screen
from kiosk.signals.voice.announcer import CHECKING_AFTER, Announcer
from kiosk.signals.voice.sentences import Sentence, written
from kiosk.signals.voice.settings import VoiceSettings

LONG = 5.0  # seconds of a sentence
ALL = VoiceSettings().screens
PAID = Show(Screen.PAID, Money.of("1234.50", "ARS"), "K-1")
IDLE = Show(Screen.IDLE)
PAID_WORDS = "Pagado, mil doscientos treinta y cuatro pesos con cincuenta"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": MockClock(autojump_threshold=0)}


pytestmark = pytest.mark.anyio


def of_sale(screen: Screen, number: int = 2, amount: str = "20") -> Show:
    return Show(screen, Money.of(amount, "ARS"), f"K-{number}")


@dataclass
class Memory:
    """What the journal of an earlier run knows."""

    said: set[tuple[str, Screen]] = field(default_factory=set)
    last: tuple[Sale, Screen] | None = None
    slow: float = 0.0  # seconds of a write
    broken: bool = False

    async def begin_saying(self, reference: str, screen: Screen) -> bool:
        await anyio.sleep(self.slow)
        if self.broken:
            raise JournalFailed("the disk is full")
        new = (reference, screen) not in self.said
        self.said.add((reference, screen))
        return new

    async def last_result(self) -> tuple[Sale, Screen] | None:
        if self.broken:
            raise JournalFailed("the disk is full")
        return self.last


class Mouth:
    """A Speaker that notes what is heard, and when each sentence ends or is cut off."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.cut_off: list[str] = []
        self.broken = ""

    async def check(self) -> None:
        if self.broken:
            raise DeviceGone(self.broken)

    async def say(self, said: Sentence) -> None:
        await self.check()
        self.heard.append(written(said))
        try:
            await anyio.sleep(LONG)
        except anyio.get_cancelled_exc_class():
            self.cut_off.append(written(said))
            raise


@dataclass
class Shop:
    announcer: Announcer
    mouth: Mouth
    memory: Memory
    problems: list[str]


@asynccontextmanager
async def voice(
    memory: Memory | None = None, *, screens: frozenset[Screen] = ALL, broken: str = ""
) -> AsyncIterator[Shop]:
    mouth, memory, problems = Mouth(), memory or Memory(), list[str]()
    mouth.broken = broken
    announcer = Announcer(
        mouth, language="es", screens=screens, journal=memory, on_problem=problems.append
    )
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(announcer.run)
        await anyio.wait_all_tasks_blocked()
        yield Shop(announcer, mouth, memory, problems)
        tasks.cancel_scope.cancel()


async def test_a_result_is_said_with_its_amount_as_soon_as_it_is_shown() -> None:
    async with voice() as shop:
        shop.announcer.tell(PAID)
        await anyio.wait_all_tasks_blocked()
        assert shop.mouth.heard == [PAID_WORDS]


async def test_it_is_spoken_to_its_end_while_the_counter_becomes_idle() -> None:
    async with voice() as shop:
        shop.announcer.tell(PAID)
        await anyio.sleep(1)
        shop.announcer.tell(IDLE)
        shop.announcer.tell(Show(Screen.REJECTED_INPUT, reason="noise"))
        shop.announcer.tell(Show(Screen.OUT_OF_SERVICE, reason="network"))
        await anyio.sleep(LONG)
        assert shop.mouth.cut_off == []


@pytest.mark.parametrize("screen", [Screen.WORKING, Screen.BASKET, Screen.SCAN_ME])
async def test_the_next_sale_stops_it(screen: Screen) -> None:
    async with voice() as shop:
        shop.announcer.tell(PAID)
        await anyio.sleep(1)
        shop.announcer.tell(of_sale(screen))
        await anyio.wait_all_tasks_blocked()
        assert shop.mouth.cut_off == [PAID_WORDS]


async def test_a_result_that_could_not_begin_before_the_next_sale_is_not_said() -> None:
    async with voice(Memory(slow=3.0)) as shop:
        shop.announcer.tell(PAID)
        await anyio.sleep(1)
        shop.announcer.tell(of_sale(Screen.WORKING))
        await anyio.sleep(60)
        assert shop.mouth.heard == []


async def test_only_the_newest_of_what_comes_at_once_is_said() -> None:
    async with voice() as shop:
        for number in range(2, 30):
            shop.announcer.tell(of_sale(Screen.PAID, number, str(number)))
        await anyio.sleep(60)
        assert shop.mouth.heard == ["Pagado, veintinueve pesos"]


async def test_each_result_of_a_sale_is_said_once() -> None:
    async with voice() as shop:
        for screen in (Screen.EXPIRED, Screen.IDLE, Screen.EXPIRED, Screen.PAID, Screen.PAID):
            shop.announcer.tell(of_sale(screen))
            await anyio.sleep(60)
        assert shop.mouth.heard == ["Se acabó el tiempo, veinte pesos", "Pagado, veinte pesos"]


async def test_what_was_said_before_a_restart_is_not_said_again() -> None:
    async with voice(Memory(said={("K-1", Screen.PAID)})) as shop:
        shop.announcer.tell(PAID)
        await anyio.sleep(60)
        assert shop.mouth.heard == []


async def test_what_was_written_but_not_begun_is_said_after_a_restart() -> None:
    memory = Memory(slow=0.1)
    async with voice(memory) as shop:
        shop.announcer.tell(PAID)
    assert shop.mouth.heard == []
    memory.said.clear()  # the write did not reach the disk
    async with voice(memory) as shop:
        shop.announcer.tell(PAID)
        await anyio.sleep(1)
        assert shop.mouth.heard == [PAID_WORDS]


async def test_checking_is_said_only_if_it_lasts() -> None:
    async with voice() as shop:
        shop.announcer.tell(of_sale(Screen.CHECKING))
        await anyio.sleep(CHECKING_AFTER / 2)
        shop.announcer.tell(of_sale(Screen.CANCELED))
        await anyio.sleep(60)
        shop.announcer.tell(of_sale(Screen.CHECKING, 3))
        await anyio.sleep(CHECKING_AFTER * 2)
        assert shop.mouth.heard == [
            "Venta anulada, veinte pesos",
            "Verificando, no pague de nuevo, veinte pesos",
        ]


async def test_the_amount_to_pay_is_said_only_where_payers_need_it() -> None:
    async with voice() as shop:
        shop.announcer.tell(of_sale(Screen.SCAN_ME))
        await anyio.sleep(60)
        assert shop.mouth.heard == []
    async with voice(screens=ALL | {Screen.SCAN_ME}) as shop:
        shop.announcer.tell(of_sale(Screen.SCAN_ME))
        await anyio.sleep(1)
        shop.announcer.tell(of_sale(Screen.PAID))
        await anyio.sleep(1)
        assert shop.mouth.heard == ["Escanee, total veinte pesos", "Pagado, veinte pesos"]
        assert shop.mouth.cut_off == ["Escanee, total veinte pesos"]


async def test_what_the_technician_left_out_is_not_said() -> None:
    async with voice(screens=frozenset({Screen.PAID})) as shop:
        for screen in (Screen.CANCELED, Screen.HELD, Screen.PAID):
            shop.announcer.tell(of_sale(screen))
            await anyio.sleep(60)
        assert shop.mouth.heard == ["Pagado, veinte pesos"]


async def test_a_screen_without_a_sale_says_nothing() -> None:
    async with voice() as shop:
        shop.announcer.tell(Show(Screen.CHECKING))  # an older journal's sale
        await anyio.sleep(60)
        assert shop.mouth.heard == []


LAST = Memory(last=(Sale("K-0", Money.of("7", "ARS"), "till"), Screen.PAID))


async def test_last_repeats_the_result_as_often_as_somebody_asks() -> None:
    async with voice(LAST) as shop:
        for _ in range(2):
            shop.announcer.repeat()
            await anyio.sleep(60)
        assert shop.mouth.heard == ["Última venta, pagado, siete pesos"] * 2


async def test_last_before_the_first_sale_says_nothing() -> None:
    async with voice() as shop:
        shop.announcer.repeat()
        await anyio.sleep(60)
        assert shop.mouth.heard == []


@pytest.mark.parametrize("between", [IDLE, Show(Screen.OUT_OF_SERVICE, reason="network")])
async def test_last_works_when_no_sale_is_open(between: Show) -> None:
    async with voice(LAST) as shop:
        for show in (of_sale(Screen.WORKING), between):
            shop.announcer.tell(show)
        shop.announcer.repeat()
        await anyio.sleep(60)
        assert shop.mouth.heard == ["Última venta, pagado, siete pesos"]


async def test_no_payer_hears_the_result_of_another_sale() -> None:
    """While a sale is open, the button says how that one stands."""
    async with voice(LAST) as shop:
        for screen in (Screen.WORKING, Screen.BASKET, Screen.SCAN_ME, Screen.CHECKING):
            shop.announcer.tell(of_sale(screen))
            shop.announcer.repeat()
            await anyio.sleep(1)
        assert shop.mouth.heard == [
            "Escanee, total veinte pesos",
            "Verificando, no pague de nuevo, veinte pesos",
        ]


async def test_a_dead_sound_card_is_reported_once_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with voice(broken="no sound card") as shop:
        for number in range(2, 5):
            shop.announcer.tell(of_sale(Screen.PAID, number))
            await anyio.sleep(60)
        assert shop.problems == ["no sound card"]
        assert [it.message for it in caplog.records if it.levelname == "WARNING"] == [
            "voice: no sound card"
        ]
        shop.mouth.broken = ""
        shop.announcer.repeat()
        shop.announcer.tell(of_sale(Screen.PAID, 5))
        await anyio.sleep(60)
        assert shop.mouth.heard == ["Pagado, veinte pesos"]
        assert shop.problems == ["no sound card", ""]


async def test_a_journal_that_fails_keeps_it_silent_and_alive(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Otherwise a restart would say it again."""
    async with voice(Memory(broken=True)) as shop:
        shop.announcer.tell(PAID)
        await anyio.sleep(1)
        shop.announcer.repeat()
        await anyio.sleep(1)
        assert shop.mouth.heard == []
        assert "the disk is full" in caplog.text
        shop.memory.broken = False
        shop.announcer.tell(of_sale(Screen.PAID))
        await anyio.sleep(1)
        assert shop.mouth.heard == ["Pagado, veinte pesos"]
