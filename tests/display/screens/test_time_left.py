"""The time left: rounded up, apart from everything else, and the only thing that changes."""

from __future__ import annotations

import itertools
import math

import pytest

from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import compose, draw
from kiosk.display.screens.layout import TextRow, TimeBar
from kiosk.display.screens.time_left import changes_in
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.reading import argentina
from tests.display.screens.test_draw import AMOUNT, SHOP, SHOWS, SIZES, apart, words_of
from tests.support.examples import sampled


def bar_at(now: float) -> float:
    found = compose(SHOWS["scan_me"], Canvas((250, 122), "es", SHOP), now)
    return next(part.full for part in found if isinstance(part, TimeBar))


def test_the_bar_runs_from_full_to_empty_and_no_further() -> None:
    assert bar_at(0) == 1
    assert bar_at(150) == 0.5
    assert bar_at(300) == bar_at(10_000) == 0


@pytest.mark.parametrize(
    ("now", "label"), [(0, "5:00"), (0.5, "5:00"), (1, "4:59"), (299.1, "0:01"), (301, "0:00")]
)
def test_the_last_second_shown_is_one_that_is_left(now: float, label: str) -> None:
    found = compose(SHOWS["scan_me"], Canvas((250, 122), "es", SHOP), now)
    assert label in words_of(found)


@pytest.mark.parametrize("seconds", [30.0, 900.0, 86_400.0])
def test_the_time_left_and_its_bar_keep_apart_however_long_it_is(seconds: float) -> None:
    for qr_data in ("", argentina()):
        show = Show(Screen.SCAN_ME, AMOUNT, qr_data=qr_data, until=seconds)
        for size in SIZES:
            found = compose(show, Canvas(size, "es", SHOP), 0)
            for one, other in itertools.combinations(found, 2):
                assert apart(one.box, other.box), (size, one, other)


def test_the_picture_changes_with_the_seconds_and_with_nothing_else() -> None:
    def at(now: float) -> bytes:
        show = SHOWS["scan_me"]
        return draw(show, Canvas((250, 122), "es", SHOP), now).tobytes()

    assert at(72.2) == at(72.8)
    assert at(72.8) != at(73.8)


@pytest.mark.parametrize("size", sampled([(128, 64), (250, 122), (64, 128), (400, 300)], 3))
@pytest.mark.parametrize("step", [1.0, 60.0])
@pytest.mark.parametrize("qr_data", sampled([argentina(), ""], 2))
def test_between_two_changes_of_the_time_left_the_picture_stays(
    size: tuple[int, int], step: float, qr_data: str
) -> None:
    """The counter sleeps until then, and must not miss one."""
    canvas = Canvas(size, "es", SHOP, time_step=step)
    show, now = Show(Screen.SCAN_ME, AMOUNT, qr_data=qr_data, until=300.0), 0.25
    while now < 300:
        parts, picture = compose(show, canvas, now), draw(show, canvas, now).tobytes()
        wait = changes_in(parts, show, now, step)
        until = min(now + wait, 300.0)
        for moment in (now + (until - now) / 2, until - 0.01):
            assert draw(show, canvas, moment).tobytes() == picture, (now, moment)
        if until < 300 and any(isinstance(part, TextRow) and part.is_clock for part in parts):
            assert draw(show, canvas, until + 0.01).tobytes() != picture, until
        now = until + 0.01


def test_a_screen_without_a_time_never_changes() -> None:
    for show in (Show(Screen.SCAN_ME, AMOUNT), SHOWS["paid"]):
        parts = compose(show, Canvas((250, 122), "es", SHOP), 0.0)
        assert changes_in(parts, show, 0.0, 1.0) == math.inf
    assert changes_in((), SHOWS["scan_me"], 0.0, 1.0) == math.inf, "there is no place for it"
    over = SHOWS["scan_me"]
    parts = compose(over, Canvas((250, 122), "es", SHOP), 301.0)
    assert changes_in(parts, over, 301.0, 1.0) == math.inf
