"""The failure stories that need the stage: a cut at one step of the loop, a call carried out twice.

The other ones are scenarios that are shipped: see ``kiosk/simulator/scenario/scenarios``. Each is
told by its transcript (see ``story.py``): panel, lamps, wire, calls, journal.
"""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable

import pytest
import trio

from kiosk.config.sale_settings import SaleSettings
from kiosk.sale.words import Outcome
from kiosk.simulator.service.messages import ApiAnswer, Operation
from kiosk.simulator.service.options import ServiceOptions
from tests.simulation.story import Story, tell

Telling = Callable[[Story], Awaitable[None]]
STORIES: dict[str, tuple[Telling, str]] = {}


def story(transcript: str) -> Callable[[Telling], Telling]:
    """Enter a story with the transcript that it must have."""

    def enter(telling: Telling) -> Telling:
        STORIES[telling.__name__] = (telling, textwrap.dedent(transcript).strip())
        return telling

    return enter


@story(
    """
    --- power on, start 1
    says working
    says idle
    wire > TOTAL 22,50
    lamps: working
    api: create -> 201
    says scan_me
    payer: pays
    says paid
    wire < PAID 22.50 K-0001-1
    says idle
    journal: K-0001-1 paid
    """
)
async def s06_success_is_seen_twice_and_told_once(s: Story) -> None:
    s.stage.wire.fates = ["", "twice", "twice", "twice"]
    await s.power_on()
    await s.till("TOTAL 22,50")
    s.pays()
    await trio.sleep(30)


@story(
    """
    --- power on, start 1
    says working
    says idle
    wire > TOTAL 22,50
    lamps: working
    api: create -> 201
    says scan_me
    payer: pays
    --- power on, start 2
    lamps: checking
    --- power on, start 3
    lamps: checking
    --- power on, start 4
    says checking
    --- power on, start 5
    lamps: checking
    says paid
    wire < PAID 22.50 K-0001-1
    --- power on, start 6
    lamps: working
    wire < PAID 22.50 K-0001-1
    panel: working
    says paid
    --- power on, start 7
    says working
    says idle
    journal: K-0001-1 paid
    """
)
async def s18_the_plug_is_pulled_again_and_again_while_it_starts(s: Story) -> None:
    await s.power_on()
    await s.till("TOTAL 22,50")
    s.pays()
    await s.power_cut()
    for turns in (1, 5, 20, 40, 60):
        await s.power_on(cut_after=turns)
        if s.stage.kiosk:
            await s.power_cut()
    await s.power_on()
    await trio.sleep(5)


@story(
    """
    --- power on, start 1
    says working
    says idle
    wire > TOTAL 22,50
    lamps: working
    api: create -> 201
    lamps: scan_me
    lamps: checking
    lamps: expired
    wire < FAIL expired K-0001-1
    lamps: idle
    --- systemd restarts it
    --- power on, start 2
    lamps: working
    lamps: idle
    journal: K-0001-1 expired
    """
)
async def s19_a_panel_that_hangs_starves_the_watchdog(s: Story) -> None:
    await s.power_on()
    s.stage.panel_hangs = True
    await s.till("TOTAL 22,50", then_wait=120)
    kiosk = s.stage.kiosk
    assert kiosk is not None
    assert kiosk.display.busy_since is not None
    assert trio.current_time() - kiosk.display.busy_since > 90
    s.stage.note("--- systemd restarts it")
    s.stage.panel_hangs = False
    await s.power_cut()
    await s.power_on()
    await trio.sleep(5)


async def pays_while_it_is_canceled(s: Story) -> None:
    """The payer has paid when the cancel arrives: a late payment."""
    await s.till("TOTAL 22,50")
    s.pays(takes=5)
    await s.stage.cashier_cancels()
    await trio.sleep(10)


@story(
    """
    --- power on, start 1
    says working
    says idle
    wire > TOTAL 22,50
    lamps: working
    api: create -> 201
    says scan_me
    payer: pays
    cashier: presses cancel
    says checking
    api: cancel -> 409
    api: cancel -> 409
    api: cancel -> 409
    api: refund -> 201
    panel: held late
    wire < FAIL unknown K-0001-1
    says idle
    wire > TOTAL 20,00
    lamps: working
    api: create -> 201
    says scan_me
    payer: pays
    says paid
    wire < PAID 20.00 K-0001-2
    says idle
    wire < FAIL refunded K-0001-1
    journal: K-0001-1 refunded
    journal: K-0001-2 paid
    """
)
async def s23_a_refund_that_stays_under_way_does_not_keep_the_counter(s: Story) -> None:
    s.stage.book.options = ServiceOptions(refund_takes=40_000.0)
    s.stage.sale = SaleSettings(expires_after=60.0, late_payment="refund")
    await s.power_on()
    await pays_while_it_is_canceled(s)
    await trio.sleep(LATE_REFUND_ENDS_WITHIN)
    await s.till("TOTAL 20,00")
    s.pays()
    await trio.sleep(20)
    assert "did not finish its refund" in str(s.kiosk.counter.status()["problems"])
    await trio.sleep(50_000)
    assert s.kiosk.counter.status()["problems"] == []


LATE_REFUND_ENDS_WITHIN = 200.0  # seconds: two minutes, and the minute of a call
NO_REFUND = {
    422: ("unprocessable_entity", Outcome.PAID, "then refund it or collect the rest"),
    409: ("order_is_locked", None, "did not finish its refund; wait, or find out and run: kiosk"),
    500: ("internal_error", None, "did not finish its refund; wait, or find out and run: kiosk"),
}


@pytest.mark.parametrize("status", NO_REFUND)
def test_a_refund_that_is_refused_does_not_keep_the_counter(status: int) -> None:
    """The sale is held or set aside: the status says what to do, and the counter sells on."""
    code, outcome, advice = NO_REFUND[status]
    answer = ApiAnswer.json(status, {"errors": [{"code": code}]})

    async def refuses(s: Story) -> None:
        s.stage.wire.answers[Operation.REFUND] = answer
        s.stage.sale = SaleSettings(expires_after=60.0, late_payment="refund")
        await s.power_on()
        await pays_while_it_is_canceled(s)
        await trio.sleep(LATE_REFUND_ENDS_WITHIN)
        assert s.rows() == [outcome]
        assert advice in str(s.kiosk.counter.status()["problems"])
        await s.till("TOTAL 20,00")
        s.pays()
        await trio.sleep(20)
        s.stage.wire.answers.clear()
        await trio.sleep(3600)
        assert s.rows() == [outcome or Outcome.REFUNDED, Outcome.PAID]

    tell(refuses)


async def a_computer_that_believes_it_is_1970(s: Story) -> None:
    s.stage.clock_error = -1_799_999_000.0
    await s.power_on()
    await s.till("TOTAL 22,50")
    assert s.stage.kiosk is not None
    (record,) = s.stage.kiosk.journal.sales()
    assert record.created_at.startswith("2027-01-15T08:00:0"), "the service's time"


def test_a_wrong_clock_does_not_get_into_the_journal() -> None:
    tell(a_computer_that_believes_it_is_1970)


@pytest.mark.parametrize("name", STORIES)
def test_the_story_goes_like_this(name: str) -> None:
    telling, transcript = STORIES[name]
    assert tell(telling) == transcript


if __name__ == "__main__":
    for name, (telling, _) in STORIES.items():
        print(f"\n=== {name}\n{tell(telling)}")
