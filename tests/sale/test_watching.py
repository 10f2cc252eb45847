"""When the order on the panel is looked at next: by the plan, and because something happened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.sale import events as on
from kiosk.sale.effects import Remember, SaleEnded
from kiosk.sale.events import Event
from kiosk.sale.look_times import planned
from kiosk.sale.phases import Paying
from kiosk.sale.watching import MOST_URGED
from tests.support.play import ORDER, POLICY, SHOWN, Play, perform

PLANNED = replace(POLICY, looks=planned((), 22, POLICY.expires_after))
FIRST = PLANNED.looks.gap(0.0)
HINT, KEY, QR_SHOWN = on.OrderHinted(order_id=ORDER), on.LastPressed("key"), on.QrShown("K-1")


def shown(rest: str = "", *, printed_code: bool = False) -> Play:
    """Return a play with an order that has been on the panel since now."""
    return perform(SHOWN + rest, replace(PLANNED, printed_code=printed_code))


def paying(play: Play) -> Paying:
    phase = play.counter.phase
    assert isinstance(phase, Paying)
    return phase


def paid_after(play: Play) -> float | None:
    """Let the look see a payment; return what the journal learns."""
    play.cue("sees processed")
    facts = [effect.fact for effect in play.done if isinstance(effect, Remember)]
    return next(fact.paid_after for fact in facts if isinstance(fact, SaleEnded))


def test_nobody_looks_while_nobody_can_have_paid() -> None:
    play = shown()
    assert play.counter.wake - play.now == pytest.approx(FIRST, rel=0.1)
    assert FIRST > 7


def test_the_looks_of_the_plan() -> None:
    play = shown()
    begun, looks = play.now, 0
    while play.counter.state == "paying":
        done = play.cue("later")
        if done == "fetch":
            looks += 1
            assert play.cue("sees created") == ""
            gap = PLANNED.looks.gap(play.now - begun)
            assert paying(play).asking.due - play.now == pytest.approx(gap, rel=0.1)
    assert 55 < looks < 75
    assert play.now == begun + 300


def test_the_time_of_a_slow_panel_does_not_count() -> None:
    play = shown()
    play.now += 4.0
    play.give(QR_SHOWN)
    assert play.counter.wake - play.now == pytest.approx(FIRST, rel=0.1)
    play.now += 1.0
    play.give(QR_SHOWN)
    assert play.counter.wake - play.now == pytest.approx(FIRST - 1.0, rel=0.15), "it counts once"


def test_a_panel_that_is_slower_than_the_first_look_changes_nothing_underway() -> None:
    play = shown("later | fetch")
    play.now += 1.0
    assert play.give(QR_SHOWN) == ""
    assert play.cue("sees created") == ""
    assert play.counter.wake - play.now == pytest.approx(FIRST, rel=0.2)


@pytest.mark.parametrize("about", [on.QrShown("K-0"), on.OrderHinted("K-0", "ORD0")])
def test_what_is_about_another_sale_changes_nothing(about: Event) -> None:
    play = shown()
    before = play.counter
    play.now += 2.0
    assert (play.give(about), play.counter) == ("", before)


def test_a_printed_code_can_be_paid_before_the_panel_shows_anything() -> None:
    play = shown(printed_code=True)
    before = play.counter
    play.now += 4.0
    play.give(QR_SHOWN)
    assert play.counter == before


@pytest.mark.parametrize("reason", [HINT, on.OrderHinted("K-1"), KEY])
def test_a_reason_for_a_look_gives_one_at_once_and_two_soon_after(reason: Event) -> None:
    play = shown()
    play.now += 2.0
    assert play.give(reason) == ""
    for pause in (0.0, 1.0, 1.0):
        assert play.cue(f"later {pause}") == "fetch"
        assert play.cue("sees created") == ""
    assert play.counter.wake - play.now > 2.5, "the plan goes on"


def test_a_look_that_is_underway_may_know_nothing_of_the_reason_so_another_one_follows() -> None:
    play = shown("later | fetch")
    play.give(HINT)
    assert play.cue("sees created") == ""
    assert play.cue("later 1") == "fetch"


@pytest.mark.parametrize("reason", [HINT, KEY])
def test_pressing_again_and_again_does_not_reach_the_service(reason: Event) -> None:
    play = shown()
    looks = 0
    for _ in range(1000):
        play.give(reason)
        if play.counter.wake <= play.now and play.cue("later") == "fetch":
            looks += 1
            play.cue("sees created")
        play.now += 0.05
    assert looks <= 3 * MOST_URGED + 25


def test_a_hint_waits_for_the_end_of_a_pause_that_the_service_needs_and_a_person_does_not() -> None:
    for reason, pause in ((HINT, 30.0), (KEY, 3.0)):
        play = shown("later | fetch\nfails unknown after=30 | ")
        play.give(reason)
        assert paying(play).asking.due - play.now == pytest.approx(pause)


@pytest.mark.parametrize("reason", [HINT, KEY, QR_SHOWN])
def test_nothing_of_this_matters_where_no_order_can_be_paid(reason: Event) -> None:
    for script in (
        "start | show working; probe\nready | show idle",
        SHOWN + "cancel | show checking; cancel",
    ):
        play = perform(script, PLANNED)
        before = play.counter
        assert (play.give(reason), play.counter) == ("", before)


def test_a_lost_look_costs_no_long_gap_while_payers_pay() -> None:
    play = shown()
    begun = play.now
    while play.now < begun + 20:
        assert (play.cue("later"), play.cue("sees created")) == ("fetch", "")
    assert (play.cue("later"), play.cue("fails unknown")) == ("fetch", "")
    assert play.counter.wake - play.now < 2.2
    assert (play.cue("later"), play.cue("fails unknown")) == ("fetch", "")
    assert play.counter.wake - play.now == pytest.approx(3.0)


def test_a_slow_answer_does_not_make_the_looks_fewer() -> None:
    play = shown("later | fetch")
    sent = play.now
    play.now += 1.2
    assert play.cue("sees created") == ""
    gap = PLANNED.looks.gap(sent - 1000.0)
    assert play.counter.wake == pytest.approx(max(sent + gap, play.now + 0.5), abs=gap * 0.1)


def test_a_long_silence_of_the_plan_is_no_blindness() -> None:
    seldom = replace(POLICY, looks=planned([280.0] * 200, 8, POLICY.expires_after))
    play = perform(SHOWN, seldom)
    begun = play.now
    while play.now < begun + 100:
        assert (play.cue("later"), play.cue("sees created")) == ("fetch", "")
    assert play.counter.wake - play.now > 10
    assert play.cue("later") == "fetch"
    assert play.counter.wake - play.now == pytest.approx(6.0), "a look has no answer"
    assert play.cue("later") == "show checking"


def test_after_blindness_looks_come_soon_for_old_payers_and_new_ones() -> None:
    play = shown()
    begun = play.now
    while play.now < begun + 150:
        play.cue("later")
        play.cue("sees created")
    play.cue("later")
    while not paying(play).blind:
        play.cue("later")
    assert play.cue("fails unknown") == ""
    assert (play.cue("later"), play.cue("sees created")) == ("fetch", "show scan_me")
    play.give(QR_SHOWN)
    back = play.now
    while play.now < back + 12:
        play.cue("later")
        play.cue("sees created")
    assert play.counter.wake - play.now < 2.5, "as 12 s after any QR"


def test_the_journal_learns_the_middle_between_two_looks() -> None:
    play = shown("later | fetch\nsees created | \nlater | fetch")
    between = (paying(play).seen_at + play.now) / 2 - 1000.0
    assert paid_after(play) == pytest.approx(between, abs=0.06)


def before_the_first_look(first: float) -> float:
    """Return the time that is learned: three quarters of the way from 5 s to that look."""
    return 5.0 + (first - 5.0) * 0.75


def test_before_the_first_look_few_pay_fast() -> None:
    play = shown("later | fetch")
    assert paid_after(play) == pytest.approx(before_the_first_look(play.now - 1000.0), abs=0.06)


def test_the_time_is_counted_from_the_panel() -> None:
    play = shown()
    play.now += 4.0
    play.give(QR_SHOWN)
    play.cue("later")
    assert paid_after(play) == pytest.approx(before_the_first_look(play.now - 1004.0), abs=0.06)


def test_what_is_paid_around_blindness_teaches_nothing() -> None:
    blind = "later | fetch\nlater | show checking\nfails unknown | \nlater | fetch\n"
    assert paid_after(shown(blind)) is None
    assert paid_after(shown(f"{blind}sees created | show scan_me\nlater | fetch")) is None


def test_what_is_paid_after_the_qr_has_gone_teaches_nothing() -> None:
    for cues in (
        "cancel | show checking; cancel\nfails conflict | \nlater | fetch",
        "wait 300 |\nlater | show checking; fetch",
    ):
        assert paid_after(shown(cues)) is None
