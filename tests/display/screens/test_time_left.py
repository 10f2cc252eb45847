"""The time left: rounded up, apart from everything else, and the only thing that changes."""

from __future__ import annotations

import itertools

import pytest

from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import compose, draw
from kiosk.display.screens.layout import TimeBar
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.reading import argentina
from tests.display.screens.test_draw import AMOUNT, SHOP, SHOWS, SIZES, apart, words_of


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
