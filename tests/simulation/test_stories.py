"""The failure stories of this trade: what goes wrong at other counters, and what happens at ours.

Each is told by its transcript (see ``story.py``): panel, lamps, wire, calls, journal.
"""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable

import httpx
import pytest
import trio

from kiosk.config.sale_settings import SaleSettings
from kiosk.sale.words import Outcome
from kiosk.simulator.service.messages import ApiAnswer, ApiRequest, Operation
from kiosk.simulator.service.options import ServiceOptions
from tests.simulation.stage import GlassSettings
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
    --- no network for 120 s
    payer: pays
    says checking
    says paid
    wire < PAID 22.50 K-0001-1
    says idle
    journal: K-0001-1 paid
    """
)
async def s01_paid_during_a_gap_in_the_network(s: Story) -> None:
    await s.power_on()
    await s.till("TOTAL 22,50")
    await s.outage(120)
    await trio.sleep(5)
    s.pays()
    await trio.sleep(140)


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
    says checking
    api: cancel -> 409
    api: cancel -> 409
    says paid
    wire < PAID 22.50 K-0001-1
    journal: K-0001-1 paid
    """
)
async def s02_the_time_runs_out_and_then_the_old_qr_is_paid(s: Story) -> None:
    s.stage.sale = SaleSettings(expires_after=30)
    await s.power_on()
    await s.till("TOTAL 22,50")
    s.order().expires_at += 20  # the service's clock is not ours
    await trio.sleep(26.9)
    s.pays(takes=2)
    await trio.sleep(10)


@story(
    """
    --- power on, start 1
    says working
    says idle
    wire > TOTAL 22,50
    lamps: working
    api: create -> 201
    wire: that reply is lost
    panel: working
    api: create -> 201
    says scan_me
    payer: pays
    says paid
    wire < PAID 22.50 K-0001-1
    journal: K-0001-1 paid
    """
)
async def s03_a_create_that_timed_out_is_not_a_second_order(s: Story) -> None:
    s.stage.wire.fates = ["reply lost"]
    await s.power_on()
    await s.till("TOTAL 22,50", then_wait=20)
    s.pays()
    await trio.sleep(5)
    assert len(s.orders()) == 1


@story(
    """
    --- power on, start 1
    says working
    says idle
    wire > TOTAL 22,50
    lamps: working
    api: create -> 201
    says scan_me
    --- power on, start 2
    says checking
    api: cancel -> 200
    says canceled
    wire < FAIL canceled K-0001-1
    says idle
    wire > TOTAL 17,00
    says working
    api: create -> 201
    says scan_me
    payer: pays
    --- power on, start 3
    says checking
    says paid
    wire < PAID 17.00 K-0002-1
    journal: K-0001-1 canceled
    journal: K-0002-1 paid
    """
)
async def s04_the_power_goes_between_create_and_qr_and_between_paid_and_shown(s: Story) -> None:
    await s.power_on()
    await s.till("TOTAL 22,50", then_wait=0)
    await s.until_there_is_an_order()
    await s.power_cut()
    await s.power_on()
    await trio.sleep(15)
    await s.till("TOTAL 17,00")
    s.pays()
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
    says scan_me
    (nothing on the wire so far)
    payer: pays
    says paid
    wire < PAID 22.50 K-0001-1
    journal: K-0001-1 paid
    """
)
async def s05_the_register_hears_nothing_that_it_could_take_for_paid(s: Story) -> None:
    await s.power_on()
    await s.till("TOTAL 22,50", then_wait=20)
    s.stage.note("(nothing on the wire so far)")
    s.pays()
    await trio.sleep(5)


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
    says paid
    wire < PAID 22.50 K-0001-1
    journal: K-0001-1 paid
    """
)
async def s07_a_status_that_nobody_knows_is_neither_paid_nor_failed(s: Story) -> None:
    def in_review(call: ApiRequest, response: httpx.Response) -> httpx.Response:
        text = response.text.replace('"status": "created"', '"status": "in_review"')
        return httpx.Response(response.status_code, text=text)

    await s.power_on()
    await s.till("TOTAL 22,50")
    s.stage.wire.spoil = in_review
    await trio.sleep(20)
    s.stage.wire.spoil = None
    s.pays()
    await trio.sleep(5)


@story(
    """
    --- power on, start 1
    says working
    says idle
    wire > TOTAL 22,50
    lamps: working
    api: create -> 201
    says scan_me
    wire > TOTAL 99,00
    says checking
    api: cancel -> 200
    lamps: working
    wire < FAIL canceled K-0001-1
    panel: working
    api: create -> 201
    says scan_me
    payer: pays
    says paid
    wire < PAID 99.00 K-0001-2
    journal: K-0001-1 canceled
    journal: K-0001-2 paid
    """
)
async def s08_the_amount_of_the_customer_before_is_not_left_armed(s: Story) -> None:
    await s.power_on()
    await s.till("TOTAL 22,50")
    await s.till("TOTAL 99,00")
    s.pays()
    await trio.sleep(5)


@story(
    """
    --- power on, start 1
    says working
    says idle
    wire > TOTAL 1.2
    wire > TOTAL 25,00
    says rejected_input a line was cut off after 9 characters; send the total again
    says working
    api: create -> 201
    says scan_me
    payer: pays
    says paid
    wire < PAID 25.00 K-0001-1
    journal: K-0001-1 paid
    """
)
async def s09_a_line_cut_in_half_is_not_glued_to_the_next(s: Story) -> None:
    await s.power_on()
    await s.stage.register.sends(b"TOTAL 1.2")
    await trio.sleep(2)
    await s.till("TOTAL 25,00")
    s.pays()
    await trio.sleep(5)


@story(
    """
    --- power on, start 1
    says working
    says idle
    wire > TOTAL 22,50 / TOTAL 22,50
    lamps: working
    api: create -> 201
    says scan_me
    payer: pays
    says paid
    wire < PAID 22.50 K-0001-1
    journal: K-0001-1 paid
    """
)
async def s10_a_total_sent_twice_is_one_order(s: Story) -> None:
    await s.power_on()
    await s.stage.register.sends(b"TOTAL 22,50\r\nTOTAL 22,50\r\n")
    await trio.sleep(3)
    s.pays()
    await trio.sleep(5)
    assert len(s.orders()) == 1


@story(
    """
    --- power on, start 1
    says working
    says idle
    --- no network for 90 s
    wire > TOTAL 22,50
    lamps: working
    wire: create can't be sent
    panel: working
    wire: create can't be sent
    wire: create is lost on its way
    says out_of_service network
    wire: create is lost on its way
    wire: create can't be sent
    api: create -> 201
    says checking
    api: cancel -> 200
    says canceled
    wire < FAIL canceled K-0001-1
    says idle
    journal: K-0001-1 canceled
    """
)
async def s11_an_old_amount_does_not_fire_late(s: Story) -> None:
    await s.power_on()
    await s.outage(90)
    await s.till("TOTAL 22,50", then_wait=150)
    assert not [order for order in s.orders() if order.status == "created"]


@story(
    """
    --- power on, start 1
    says working
    says idle
    wire > TOTAL 22,50
    lamps: working
    api: create -> 201
    lamps: scan_me
    says checking
    api: cancel -> 200
    says canceled
    wire < FAIL canceled K-0001-1
    says idle
    journal: K-0001-1 canceled
    """
)
async def s12_a_qr_that_nobody_could_scan_is_not_shown(s: Story) -> None:
    s.stage.panel = GlassSettings(size=(64, 32))
    await s.power_on()
    await s.till("TOTAL 22,50", then_wait=30)


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
    (50 s later it is still there)
    wire > TOTAL 17,00
    says working
    api: create -> 201
    says scan_me
    journal: K-0001-1 paid
    journal: K-0001-2 open
    """
)
async def s13_paid_stays_on_show_until_somebody_has_noticed(s: Story) -> None:
    s.stage.sale = SaleSettings(result_shown_for=60)
    await s.power_on()
    await s.till("TOTAL 22,50")
    s.pays()
    await trio.sleep(50)
    s.stage.note("(50 s later it is still there)")
    await s.till("TOTAL 17,00")


@story(
    """
    --- power on, start 1
    says working
    says idle
    wire > TOTAL 15,07
    lamps: working
    api: create -> 201
    says scan_me
    payer: pays
    says paid
    wire < PAID 15.07 K-0001-1
    wire > TOTAL 1.234.567,89
    says working
    api: create -> 201
    says scan_me
    payer: pays
    says paid
    wire < PAID 1234567.89 K-0001-2
    says idle
    wire > TOTAL 20,10
    says working
    api: create -> 201
    says scan_me
    payer: pays
    says paid
    wire < PAID 20.10 K-0001-3
    says idle
    wire > TOTAL 16,35
    lamps: working
    api: create -> 201
    says scan_me
    payer: pays
    says paid
    wire < PAID 16.35 K-0001-4
    says idle
    journal: K-0001-1 paid
    journal: K-0001-2 paid
    journal: K-0001-3 paid
    journal: K-0001-4 paid
    """
)
async def s14_no_cent_is_lost(s: Story) -> None:
    await s.power_on()
    for text in ("15,07", "1.234.567,89", "20,10", "16,35"):
        await s.till(f"TOTAL {text}")
        asked = s.order().request["total_amount"]
        assert asked == text.replace(".", "").replace(",", ".")
        s.pays()
        await trio.sleep(12)


@story(
    """
    --- power on, start 1
    panel: working
    panel: idle
    wire > TOTAL 22,50
    api: create -> 201
    panel: scan_me
    payer: pays
    panel: paid
    wire < PAID 22.50 K-0001-1
    wire > TOTAL 17,00
    api: create -> 201
    api: cancel -> 200
    wire < FAIL canceled K-0001-2
    says out_of_service panel
    says idle
    wire > TOTAL 17,00
    says working
    api: create -> 201
    says scan_me
    payer: pays
    says paid
    wire < PAID 17.00 K-0001-3
    journal: K-0001-1 paid
    journal: K-0001-2 canceled
    journal: K-0001-3 paid
    """
)
async def s15_broken_lamps_and_a_broken_panel_do_not_kill_the_daemon(s: Story) -> None:
    s.stage.lamps_broken = True
    await s.power_on()
    await s.till("TOTAL 22,50")
    s.pays()
    await trio.sleep(12)
    s.stage.panel_broken = True
    await s.till("TOTAL 17,00", then_wait=10)
    s.stage.panel_broken = s.stage.lamps_broken = False
    await trio.sleep(40)
    await s.till("TOTAL 17,00")
    s.pays()
    await trio.sleep(5)


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
    says idle
    --- the register is plugged in again
    wire < PAID 22.50 K-0001-1
    journal: K-0001-1 paid
    """
)
async def s16_the_register_is_unplugged_and_comes_back(s: Story) -> None:
    await s.power_on()
    await s.till("TOTAL 22,50")
    s.stage.unplug()
    s.pays()
    await trio.sleep(60)
    s.stage.note("--- the register is plugged in again")
    s.stage.plug_in()
    await trio.sleep(2)


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


@story(
    """
    --- no network for 60 s
    --- power on, start 1
    says working
    says out_of_service network
    says idle
    """
)
async def s20_finding_out_whether_all_is_well_makes_no_order(s: Story) -> None:
    await s.outage(60)
    await s.power_on()
    await trio.sleep(120)
    assert not s.orders()


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
    journal: K-0001-1 paid
    """
)
async def s21_no_notification_is_needed(s: Story) -> None:
    await s.power_on()
    await s.till("TOTAL 22,50")
    s.pays()
    await trio.sleep(10)  # nobody pays in the first seconds, so the first look comes late


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
    --- no network for 60 s
    says checking
    says paid
    wire < PAID 22.50 K-0001-1
    says idle
    journal: K-0001-1 paid
    """
)
async def s22_nobody_is_asked_to_pay_twice(s: Story) -> None:
    await s.power_on()
    await s.till("TOTAL 22,50")
    s.pays()
    await s.outage(60)
    await trio.sleep(30)
    glass = s.stage.glass
    assert glass is not None
    assert glass.screen == "checking"
    await trio.sleep(60)


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
