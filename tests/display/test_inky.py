"""The Inky driver, over a stand-in for Pimoroni's library: numbered inks in, ink out."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.display import Surface
from kiosk.display.inky import InkySettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.mounted import InkyBoard


class Board(InkyBoard):
    """What the library's classes take and do."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self.colour = colour
        self.fault: BaseException | None = None

    def set_border(self, ink: int) -> None:
        assert ink == 0

    def show(self) -> None:
        if self.fault:
            raise self.fault
        super().show()


@pytest.fixture
def boards(monkeypatch: pytest.MonkeyPatch) -> list[Board]:
    made: list[Board] = []

    def make(colour: str) -> Board:
        made.append(Board(colour))
        return made[-1]

    library: Any = types.ModuleType("inky")
    library.InkyPHAT = library.InkyWHAT = library.InkyWHAT_SSD1683 = make
    monkeypatch.setitem(sys.modules, "inky", library)
    return made


def inky(board: str = "phat") -> InkySettings:
    return InkySettings.model_validate({"driver": "inky", "board": board, "colour": "red"})


def test_it_is_cleared_shows_the_very_picture_and_is_cleared_again(boards: list[Board]) -> None:
    panel = inky().open()
    assert boards[0].colour == "red"
    assert boards[0].glass().getextrema() == (255, 255)
    picture = draw(Show(Screen.PAID), Canvas((212, 104), "es", surface=Surface.PAPER), 0)
    panel.show(picture)
    assert boards[0].glass().tobytes() == picture.convert("L").tobytes()
    panel.restore()
    panel.close()
    assert boards[0].glass().getextrema() == (255, 255)


@pytest.mark.parametrize(
    "fault",
    [RuntimeError("Timeout waiting for busy"), OSError("no SPI"), SystemExit("pins in use")],
)
def test_whatever_the_library_does_it_is_a_panel_that_is_gone(
    boards: list[Board], fault: BaseException
) -> None:
    panel = inky("what").open()
    boards[0].fault = fault
    with pytest.raises(DeviceGone, match="the Inky board does not answer"):
        panel.close()


def test_a_library_that_is_missing_is_for_the_technician(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "inky", None)
    with pytest.raises(ConfigError, match=r"kiosk\[inky\]"):
        inky().open()
