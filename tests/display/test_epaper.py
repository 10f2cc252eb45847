"""The e-paper driver: what its bytes make the ink do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from kiosk.display import Surface, Viewer
from kiosk.display.chips.epaper.panels import CONTROLLERS
from kiosk.display.epaper import EpaperSettings, PanelName
from kiosk.sale.words import Screen
from tests.display.epaper_counter import NAMES, WIRED, Counter, quick_pins
from tests.display.reading import argentina, read_qr
from tests.support.examples import sampled

QUICK = [name for name in NAMES if CONTROLLERS[name].quick]
SLOW = [name for name in NAMES if "b" in name]


@pytest.fixture(autouse=True)
def _pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with quick_pins(monkeypatch):
        yield


@pytest.fixture(params=sampled(NAMES, 2))
def counter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(request.param, monkeypatch)


def test_the_glass_shows_the_very_picture_and_its_qr_is_read(counter: Counter) -> None:
    panel = counter.settings.open()
    panel.show(counter.qr())
    assert counter.shows(counter.qr())
    assert read_qr(counter.seen()) == [argentina()]
    panel.close()


def test_what_was_left_on_the_glass_is_cleared_at_the_start_and_at_the_end(
    counter: Counter,
) -> None:
    assert not counter.is_white()
    panel = counter.settings.open()
    assert counter.is_white()
    panel.show(counter.qr())
    panel.close()
    assert counter.is_white()
    assert set(counter.glass.refreshes) == {"full"}


@pytest.mark.parametrize("rotate", [90, 180, 270])
@pytest.mark.parametrize("name", ["epd-2.13", "epd-4.2"])
def test_a_turned_panel_gets_the_picture_turned(
    name: PanelName, rotate: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(name, monkeypatch, rotate=rotate)
    panel = counter.settings.open()
    panel.show(counter.qr())
    assert counter.shows(counter.qr())
    panel.close()


@pytest.mark.parametrize("name", ["epd-3.7", "epd-7.5b", "epd-4.2b-uc8176"])
def test_an_inverted_panel_gets_the_picture_inverted(
    name: PanelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(name, monkeypatch, invert="yes")
    panel = counter.settings.open()
    panel.show(counter.qr())
    assert counter.shows(counter.qr().convert("L").point(lambda value: 255 - value))
    panel.close()


@pytest.mark.parametrize("name", QUICK)
def test_texts_come_quickly_and_now_and_then_in_full(
    name: PanelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(name, monkeypatch, quick_refreshes="2")
    panel = counter.settings.open()
    screens = [Screen.WORKING, Screen.PAID, Screen.IDLE, Screen.CANCELED]
    for screen in screens:
        panel.show(counter.picture(screen), Viewer.PERSON)
        assert counter.shows(counter.picture(screen))
    panel.show(counter.qr(), Viewer.CAMERA)
    assert counter.glass.refreshes == ["full", "quick", "quick", "full", "quick", "full"]
    panel.close()


def test_without_quick_refreshes_everything_comes_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    panels: tuple[tuple[PanelName, dict[str, str]], ...] = (
        ("epd-2.9", {}), ("epd-2.13", {"quick_refreshes": "0"}), ("epd-7.5b", {}),
    )  # fmt: skip
    for name, setting in panels:
        counter = Counter(name, monkeypatch, **setting)
        panel = counter.settings.open()
        panel.show(counter.picture(), Viewer.PERSON)
        assert counter.glass.refreshes == ["full", "full"]
        panel.close()


def test_it_sleeps_between_pictures(counter: Counter) -> None:
    panel = counter.settings.open()
    assert counter.glass.asleep
    panel.show(counter.picture())
    assert counter.glass.asleep
    panel.close()


# --- settings -----------------------------------------------------------------------------------


def settings(panel: str = "epd-2.13", **more: str) -> EpaperSettings:
    return EpaperSettings.model_validate(WIRED | {"driver": "epaper", "panel": panel} | more)


def test_paper_is_spared() -> None:
    paper = settings()
    assert paper.surface is Surface.PAPER
    assert paper.pixels == (250, 122)
    assert paper.redraw_every >= 60
    assert paper.restore_every == float("inf")
    assert paper.pause_after_picture >= 1
    assert paper.working_screen_delay >= 1
    assert paper.busy_limit == 20


@pytest.mark.parametrize("name", SLOW)
def test_slow_paper_is_not_drawn_for_the_time_left_and_stays_readable(name: PanelName) -> None:
    paper = settings(name)
    assert paper.redraw_every == float("inf")
    assert paper.pause_after_picture >= 5
    assert paper.working_screen_delay == 10
    assert paper.busy_limit > 2 * paper.refresh_takes
    assert settings(name, busy_timeout="30 s").busy_limit == 30


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"panel": "2.13"}, "'2.13' is the seller's name; write epd-2.13"),
        ({"panel": "epd-2.31"}, "Input should be 'epd-1.54'"),
        ({"panel": "epd-5.65f"}, "known, not supported: it has seven colours.*; use epd-5.83"),
        ({"panel": "2.13inch e-Paper HAT V2"}, "older version .*; use epd-2.13, the V3 or V4"),
        ({"busy_timeout": "0 s"}, "greater than 0"),
        ({"rotate": "45"}, "not a valid rotation"),
        ({"panel": "epd-2.9", "quick_refreshes": "3"}, "no quick refreshes; remove this setting"),
        ({"panel": "epd-7.5b", "quick_refreshes": "1"}, "no quick refreshes"),
    ],
)
def test_a_wrong_setting_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings(**({"panel": "epd-2.13"} | given))
