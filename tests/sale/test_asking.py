"""When the service is asked again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.sale.asking import EVERY, NEVER, Asking, delay, jitter
from kiosk.sale.events import CallFailed, Failure
from tests.support.play import POLICY, SHOWN, Play, perform


@pytest.mark.parametrize("failures", range(12))
def test_the_pause_grows_with_each_failure_up_to_15_s(failures: int) -> None:
    usual = min(2.0 * 1.6**failures, 15.0)
    pauses = {delay(f"K-{number}", 1, failures) for number in range(200)}
    assert usual * 0.9 <= min(pauses) < usual * 0.92
    assert usual * 1.08 < max(pauses) <= usual * 1.1


def test_the_pause_depends_on_the_sale_and_the_number_of_the_question() -> None:
    assert delay("K-1", 1, 0) == delay("K-1", 1, 0)
    assert len({delay(seed, asked, 0) for seed in ("K-1", "K-2") for asked in (1, 2)}) == 4


def test_the_service_may_ask_for_a_longer_pause_but_not_for_a_shorter_one() -> None:
    assert delay("K-1", 1, 0, retry_after=30.0) == 30.0
    assert delay("K-1", 1, 0, retry_after=0.5) == delay("K-1", 1, 0)


def test_one_question_after_another() -> None:
    asking = Asking("K-1")
    assert (asking.due, asking.underway) == (NEVER, False)
    asking = asking.sent()
    assert (asking.due, asking.underway, asking.asked) == (NEVER, True, 1)
    assert asking.at(5.0) == asking, "it is underway already"
    failed = CallFailed(Failure.UNKNOWN, "why")
    asking = asking.failed(100.0, failed).sent().failed(200.0, failed)
    assert (asking.underway, asking.failures) == (False, 2)
    assert asking.due == 200.0 + delay("K-1", 2, 2)
    asking = asking.sent().answered(300.0)
    assert (asking.underway, asking.failures) == (False, 0)
    assert asking.due == 300.0 + delay("K-1", 3, 0)
    assert asking.at(305.0).due == 305.0


# A question is underway: the cues until then, whose it is, the questions and failures so far.
UNDERWAY = {
    "starting": ("start", "start", 1, 1),
    "out of service": ("start, fails token, later", "start", 2, 2),
    "creating": ("start, ready, caja 12.50", "K-1", 1, 1),
    "paying": ("start, ready, caja 12.50, sees created, later", "K-1", 2, 1),
    "closing": ("start, ready, caja 12.50, sees created noqr", "K-1", 1, 1),
    "refunding": ("start OLD=ORD7!", "OLD", 1, 1),
    "creating again": ("start OLD", "OLD", 1, 1),
}


@pytest.mark.parametrize("place", UNDERWAY)
def test_each_question_has_its_pause_or_the_one_that_the_service_asks_for(place: str) -> None:
    cues, seed, asked, failures = UNDERWAY[place]
    for fails, pause in (
        ("fails unknown", delay(seed, asked, failures)),
        ("fails unknown after=30", 30.0),
    ):
        play = Play(replace(POLICY, late_payment="refund"))
        for cue in cues.split(", "):
            play.cue(cue)
        assert play.underway
        play.cue(fails)
        asking = getattr(play.counter.phase, "asking", None)
        assert asking
        waits = place == "paying" and "after" not in fails  # a payer does
        wanted = EVERY * jitter(seed, asked) if waits else pause
        assert asking.due == pytest.approx(play.now + wanted)


def test_a_counter_that_a_refused_token_puts_out_of_service_probes_after_its_own_pause() -> None:
    play = Play()
    for cue in ("start", "ready", "caja 12.50", "fails token"):
        play.cue(cue)
    assert play.counter.wake == play.now + delay(POLICY.prefix, 0, 1)


@pytest.mark.parametrize(
    ("fails", "pause"),
    [
        ("fails unknown after=600", 30.0),
        ("fails unknown after=600 limited", 60.0),
        ("fails unknown after=20 limited", 20.0),
    ],
)
def test_the_service_cannot_stop_the_counter_with_a_long_pause(fails: str, pause: float) -> None:
    for cues in ("start", "start, ready, caja 12.50", "start OLD=ORD7"):
        play = Play()
        for cue in cues.split(", "):
            play.cue(cue)
        play.cue(fails)
        assert play.counter.wake == pytest.approx(play.now + pause)


def test_somebody_at_the_counter_shortens_a_pause() -> None:
    failed = "later 2 | fetch\nfails unknown after=30 |\n"
    for cue in ("cancel", "caja 99.00"):
        perform(SHOWN + failed + f"{cue} | show checking\nlater 3 | fetch")
    paused = "cancel | show checking; cancel\nfails unknown after=30 |\n"
    for cue in ("cancel", "caja 99.00"):
        perform(SHOWN + paused + f"{cue} |\nlater 3 | fetch")
    waiting = "caja 99.00 | show checking; cancel\nfails unknown after=30 |\nlater 3 | fetch"
    perform(SHOWN + waiting)
